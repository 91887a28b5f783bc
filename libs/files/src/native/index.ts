export { fillFolderOnce } from './build-folder';
export { closeToGroup, isOwnGroup, thisMachinesAccounts } from './close-to-group';
export { defaultCacheDir } from './default-cache-dir';
export { findChromium } from './find-chromium';
export { checkInstalled, isRecorded, MARKER_NAME, recordAddOn, writeInstalled } from './installed-files';
export { isolatedPython } from './isolated-python';
export type { PythonCall } from './isolated-python';
export { ADD_ON_FLAGS, nodeHeaders, thisMachine } from './machine';
export type { Machine, RunResult } from './machine';
