import { existsSync } from 'node:fs';
import path from 'node:path';

/** Reference data beside the checkout, which is not distributed. */
const SHARED = path.resolve(__dirname, '../../../../shared');

/** A file or folder of the reference data, whether it is there or not. @param name below its folder */
export function sharedPath(name: string): string {
  return path.join(SHARED, name);
}

/** `it` where all of this reference data is at hand; elsewhere the test counts as skipped. @param names as of sharedPath */
export function itWhereShared(...names: readonly string[]): typeof it | typeof it.skip {
  return names.every((name) => existsSync(sharedPath(name))) ? it : it.skip;
}
