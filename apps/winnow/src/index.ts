export type { CommandLine, ListedCommand } from './build-program';
export { main, runCommandLine } from './main';
export type { MainProcess } from './main';
export { version } from '../package.json';
