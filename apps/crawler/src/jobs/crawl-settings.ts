import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import type { SquareOptions } from '@winnow/imaging';
import type { CrawlPlan } from '@winnow/db';
import type { HarvestOptions } from './harvest-options';
import { planQueries } from '../listing/query-plan';

type ClassSettings = Pick<ProjectConfig['classes'][number], 'name' | 'queries'> & {
  /** Different images to store. */
  readonly perClass: number;
};

/** What a worker needs to crawl for a project without its project file; stored with the project. */
export interface CrawlSettings {
  readonly classes: readonly ClassSettings[];
  readonly harvest: HarvestOptions;
  /** Folder `.winnow` of the project, as seen by the machine that began the crawl. */
  readonly stateDir: string;
  /** Of everything that is drawn at random. */
  readonly seed: number;
  /** Year in which the crawl was begun: queries by year go back from it. */
  readonly year: number;
  /** How images are encoded for the next build; left out: they are not. */
  readonly encoding?: SquareOptions | undefined;
  /** Images that may still be fetched; null: no limit. */
  readonly fetchLimit: number | null;
}

export function settingsToJson(settings: CrawlSettings): JsonValue {
  return JSON.parse(JSON.stringify(settings)) as JsonValue;
}

/** Settings that `settingsToJson` made. */
export function settingsFromJson(value: JsonValue): CrawlSettings {
  return value as unknown as CrawlSettings;
}

/** The queries that settings stand for. */
export function planOf(project: string, { classes, harvest, year }: CrawlSettings): CrawlPlan {
  return {
    project,
    classes: classes.map(({ name }) => name),
    queries: planQueries({ classes, harvest, year }),
  };
}
