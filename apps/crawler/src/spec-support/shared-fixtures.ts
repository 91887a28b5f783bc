import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { itWhereShared, sharedPath } from '@winnow/testing';

const FOLDER = sharedPath('fixtures');

/** `it` where the engines' answers in the documented formats are at hand; elsewhere the test counts as skipped. */
export const itShared = itWhereShared('fixtures');

export function readFixture(name: string): string {
  return readFileSync(path.join(FOLDER, name), 'utf8');
}

/** The answers of these names where they are at hand, none elsewhere: for tests that have samples of their own too. */
export function fixturesAtHand(names: readonly string[]): readonly string[] {
  return existsSync(FOLDER) ? names.map(readFixture) : [];
}
