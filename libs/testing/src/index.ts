export { pageUrlOf, readDemoListing } from './demo-listing';
export type { DemoEngine, DemoListing, DemoRow, DemoSheet } from './demo-listing';
export { startDemoWeb } from './demo-web';
export type { DemoWeb, DemoWebCounts, DemoWebOptions } from './demo-web';
export { tinyWorld } from './tiny-world';
export type { TinyWorld, TinyWorldOptions } from './tiny-world';
