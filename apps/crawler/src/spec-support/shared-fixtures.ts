import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../../../../shared/fixtures');

/** `it` where the engines' answers in the documented formats are at hand; elsewhere the test counts as skipped. */
export const itShared: typeof it | typeof it.skip = existsSync(FOLDER) ? it : it.skip;

export function readFixture(name: string): string {
  return readFileSync(path.join(FOLDER, name), 'utf8');
}
