import { isDeepStrictEqual } from 'node:util';
import type { HarvestOptions } from './harvest-options';

/** What engines are asked for beside the text. */
const WISHES = ['licenses', 'allowLicenses', 'safe', 'filters'] as const;
type Wishes = Pick<HarvestOptions, (typeof WISHES)[number]>;

/** Wishes that are others than those of an earlier crawl, whose results they did not pass. */
export function changedWishes(earlier: Wishes, present: Wishes): readonly string[] {
  // What is not set is missing in what was stored.
  const stored = JSON.parse(JSON.stringify(present)) as Wishes;
  return WISHES.filter((name) => !isDeepStrictEqual(earlier[name], stored[name]));
}
