import { IMPORT_ENGINE, WORLD_ENGINE } from '@winnow/contracts';
import type { DatasetManifest } from './build-manifest';

/** Whether nothing in a data set was crawled; true of an empty one. */
export function isImported(engines: DatasetManifest['engines']): boolean {
  return Object.keys(engines).every((engine) => engine === IMPORT_ENGINE || engine === WORLD_ENGINE);
}
