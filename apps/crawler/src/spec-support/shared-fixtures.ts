import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../../../../shared/fixtures');
const IS_THERE = existsSync(FOLDER);

/** `it` where the engines' answers in the documented formats are at hand; elsewhere the test counts as skipped. */
export const itShared: typeof it | typeof it.skip = IS_THERE ? it : it.skip;

export function readFixture(name: string): string {
  return readFileSync(path.join(FOLDER, name), 'utf8');
}

/** The answers of these names where they are at hand, none elsewhere: for tests that have samples of their own too. */
export function fixturesAtHand(names: readonly string[]): readonly string[] {
  return IS_THERE ? names.map(readFixture) : [];
}
