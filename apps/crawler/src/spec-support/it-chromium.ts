import { findChromium } from '@winnow/files/native';

/**
 * `it` where there is a Chromium; elsewhere the test counts as skipped, and the name of the skipped test says why.
 * With `WINNOW_REQUIRE_ALL=1` it runs, and fails, without one.
 */
export const itChromium: typeof it | typeof it.skip =
  isThere() || process.env['WINNOW_REQUIRE_ALL'] === '1' ? it : it.skip;

function isThere(): boolean {
  try {
    findChromium(process.env);
    return true;
  } catch {
    return false;
  }
}
