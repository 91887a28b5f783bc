/** `@winnow/store/testing`: servers for specs. Nothing that ships imports it. */
export { startFaultyProxy } from './faulty-proxy';
export type { ChooseFault, Fault, FaultyProxy } from './faulty-proxy';
export { startTestStore, storeServersUnderTest } from './test-stores';
export type { StoreServerName, TestStore } from './test-stores';
