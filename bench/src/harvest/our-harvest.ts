import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { version } from '@winnow/winnow';
import type { BenchWebProcess } from '../web/bench-web-process';
import { countShardImages } from './count-shard-images';
import { JPEG_QUALITY, SHARD_SAMPLES } from './harvest-competitor';
import type { HarvestCompetitor, HarvestSettings } from './harvest-competitor';
import { partsOfStep } from './profile-parts';
import { runMeasured } from '../harness/process-usage';
import { WINNOW } from '../harness/workspace';

/** JSON is YAML. */
const FILE = 'winnow.yaml';
const CACHE = 'WINNOW_CACHE';

/** `winnow crawl` and `winnow build` as a person runs them, on an empty folder, with politeness lifted. */
export function ourHarvest(
  web: BenchWebProcess,
  { size, concurrency, isProfiled = false }: HarvestSettings,
  io: Pick<CommandIo, 'env' | 'signal'>,
): HarvestCompetitor {
  const harvest = {
    engines: ['openverse'],
    perClass: web.perClass,
    // Politeness lifted, as img2dataset has none: nobody but our own server is asked.
    delayMillis: 0,
    perHost: 16,
    respectRobots: false,
    respectTdm: false,
    concurrency,
    resolve: web.resolve,
  };
  const project = {
    name: 'bench',
    classes: web.classes.map((name) => ({ name, queries: [name] })),
    harvest,
    build: { size, resize: 'squash', format: 'jpeg', quality: JPEG_QUALITY, shardSamples: SHARD_SAMPLES },
  };
  return {
    name: 'winnow',
    version,
    settings: {
      size,
      resize: 'squash',
      quality: JPEG_QUALITY,
      concurrency,
      delayMillis: harvest.delayMillis,
      perHost: harvest.perHost,
      respectRobots: harvest.respectRobots,
      respectTdm: harvest.respectTdm,
      database: 'embedded',
    },
    async round(folder) {
      await writeFile(path.join(folder, FILE), JSON.stringify(project));
      const run = (step: string) =>
        runMeasured({
          command: process.execPath,
          args: [
            ...(isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${path.join(folder, step)}`] : []),
            WINNOW,
            step,
            FILE,
          ],
          cwd: folder,
          env: plainEnvironment(io.env),
          signal: io.signal,
        });
      const crawl = await run('crawl');
      const build = await run('build');
      const images = await countShardImages(path.join(folder, '.winnow/builds'));
      if (!isProfiled) return { images, steps: { crawl, build } };
      const profile = {
        crawl: partsOfStep(path.join(folder, 'crawl'), crawl, images),
        build: partsOfStep(path.join(folder, 'build'), build, images),
      };
      return { images, steps: { crawl, build }, profile };
    },
  };
}

/** Without what would change the project, or name another database. */
function plainEnvironment(env: CommandIo['env']): CommandIo['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name !== 'DATABASE_URL' && (!name.startsWith('WINNOW_') || name === CACHE)),
  );
}
