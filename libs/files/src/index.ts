export { csvLines, csvText, plainCell } from './csv-lines';
export type { CsvLine } from './csv-lines';
export {
  commitFile,
  makeDurableFolder,
  syncFolder,
  temporaryPath,
  WRITE_BATCH_BYTES,
  writeDurably,
  writeFileAtomic,
  writeNewFile,
} from './durable-writes';
export { fileSha256 } from './file-digest';
export { canonicalJson, jsonLeaves, stableJson } from './json-text';
export { closestName, nearNames } from './near-names';
export { fileError, systemErrorCode } from './system-error';
export { serveThread, ThreadPool } from './thread-pool';
export { settleFolder, writeWholeFolder } from './whole-folder';
export { FETCH_ENDS, HEARTBEATS, JOB_ENDS, STORE_REQUESTS } from './observations';
export type { JobEnd, StoreRequest } from './observations';
