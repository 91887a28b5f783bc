import type { ProjectConfig } from '@winnow/config';
import { type Database, readCrawl } from '@winnow/db';

/** Rules of collecting that a data set's users must know of. */
export type HarvestRules = Pick<
  ProjectConfig['harvest'],
  | 'engines'
  | 'respectRobots'
  | 'respectTdm'
  | 'checkPages'
  | 'resolve'
  | 'licenses'
  | 'allowLicenses'
  | 'filters'
  | 'safe'
>;

/** Those of the project's last crawl, whatever its file says by now; those of the file where nothing was crawled. */
export async function collectedUnder(
  db: Database,
  { name, harvest }: Pick<ProjectConfig, 'name' | 'harvest'>,
): Promise<HarvestRules> {
  const crawl = (await readCrawl(db, name))?.settings as { readonly harvest?: HarvestRules } | undefined;
  return crawl?.harvest ?? harvest;
}
