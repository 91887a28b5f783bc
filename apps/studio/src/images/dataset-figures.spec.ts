import path from 'node:path';
import { IMAGE_FLAGS } from '@winnow/contracts';
import type { ImageFacets, ImageWindow, StudioDuplicates, StudioProject as Answer } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import { keepDatabaseOpen } from '@winnow/db/testing';
import { encodeJpeg, encodePng } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { readDataset } from '@winnow/shards';
import { projectCommands } from '../spec-support/project-commands';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const COUNT = 24;
const SIDE = 80;
/** As they are stated, by the name that filters have for them. */
const LICENSES: Readonly<Record<string, string>> = { by: 'CC BY 4.0', cc0: 'CC0 1.0' };

/** Squares of random colours, five pixels wide, each channel put through a function. */
function drawBlocks(seed: number, level: (value: number) => number = (value) => value): RgbImage {
  const random = new SeededRandom(seed);
  const colours = Uint8Array.from({ length: 16 * 16 * 3 }, () => level(random.int(256)));
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let at = 0; at < data.length; at += 1) {
    const [band, x, y] = [at % 3, Math.floor(at / 3) % SIDE, Math.floor(at / (3 * SIDE))];
    data[at] = colours[3 * (16 * Math.floor(y / 5) + Math.floor(x / 5)) + band] as number;
  }
  return { width: SIDE, height: SIDE, data };
}

/** What a data set is to be told of, by places: they go to cat, dog and fox in turn. */
async function plantedOriginals(): Promise<ReadonlyMap<number, Uint8Array>> {
  const twice = drawBlocks(1);
  const waves = drawBlocks(2);
  waves.data.forEach((_, at) => (waves.data[at] = 128 + 90 * Math.sin(Math.floor(at / 3) / 640)));
  return new Map([
    // The same pixels, and a near copy under another class.
    [0, await encodePng(twice)],
    [1, await encodeJpeg(twice, 60)],
    [3, new Uint8Array([...(await encodePng(twice)), 0])],
    [2, await encodePng(drawBlocks(3, (value) => value / 8))],
    [4, await encodePng(drawBlocks(4, (value) => 255 - value / 8))],
    [5, await encodePng(waves)],
    [6, await encodePng(drawBlocks(5, () => 99))],
  ]);
}

describe('figures of a data set that was built', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  let closeDatabase: () => Promise<void>;
  beforeAll(async () => {
    project = await writeStudioProject({
      until: 'crawl',
      count: COUNT,
      hasCopies: true,
      imported: await plantedOriginals(),
    });
    closeDatabase = keepDatabaseOpen(project.config.paths.state);
    const handle = await openDatabase({ stateDir: project.config.paths.state, holder: 'a spec' });
    for (const [rest, stated] of Object.values(LICENSES).entries()) {
      await handle.executeSql(`update hits set license = $1 where rank % 3 = ${rest}`, [stated]);
    }
    await handle.close();
    await (await projectCommands(project)).build();
    studio = await openStudio(project);
  });
  afterAll(async () => {
    await studio.close();
    await closeDatabase();
    project.remove();
  });

  const ask = async <T>(address: string): Promise<T> => {
    const { status, body } = await studio.ask(address);
    expect([address, status]).toEqual([address, 200]);
    return body as T;
  };
  const sql = async (query: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    (await studio.context.database.use((_db, { executeSql }) => executeSql(query))).rows;
  const counted = async (query: string): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries((await sql(query)).map(({ name, count }) => [String(name ?? 'unknown'), Number(count)]));
  const dataset = async () => {
    const { builds } = await ask<Answer>('/api/project');
    return readDataset(path.join(project.config.paths.builds, builds[0]?.id ?? ''));
  };
  /** Of a facet by value; each value is the list that it opens. */
  const facet = async (name: 'flag' | 'license' | 'given'): Promise<Readonly<Record<string, number>>> => {
    const values = (await ask<ImageFacets>('/api/facets')).facets[name];
    for (const { value, count } of values) {
      expect([value, (await ask<ImageWindow>(`/api/images?${name}=${value}&count=1`)).total]).toEqual([value, count]);
    }
    return Object.fromEntries(values.filter(({ count }) => count > 0).map(({ value, count }) => [value, count]));
  };

  it('of flags are what the build counted', async () => {
    const [build] = await sql('select counts from builds');
    const { flags } = build?.['counts'] as { readonly flags: Readonly<Record<string, number>> };
    const { none, ...found } = await facet('flag');
    expect(found).toEqual(flags);
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['dark', 'bright', 'blurry', 'low_information']));
    expect(IMAGE_FLAGS).toEqual(expect.arrayContaining(Object.keys(found)));
    expect((none ?? 0) + Math.max(...Object.values(found))).toBeLessThanOrEqual((await dataset()).samples);
  });

  it('of licences are what SQL counts of the listings of each image and its copies', async () => {
    const stated = await counted(`
      with kept as (
        select sha256, sha256 as image from samples
        union all select kept_sha256, sha256 from exclusions where kept_sha256 is not null)
      select license as name, count(distinct kept.sha256)::integer as count
      from kept join sightings on sightings.sha256 = kept.image join hits on hits.id = sightings.hit_id
      group by license`);
    const found = await facet('license');
    const named = Object.fromEntries(Object.entries(found).map(([id, count]) => [LICENSES[id] ?? id, count]));
    expect(named).toEqual(stated);
    expect(Object.keys(found).sort()).toEqual(['by', 'cc0', 'unknown']);
    // dataset.json counts an image once, by its freest licence.
    const total = async (where: string): Promise<number> =>
      (await ask<ImageWindow>(`/api/images?q=${encodeURIComponent(where)}&count=1`)).total;
    expect((await dataset()).licenses).toEqual({
      'CC0 1.0': await total('license = cc0'),
      'CC BY 4.0': await total('license = by and not license = cc0'),
      unknown: await total('not license in (by, cc0)'),
    });
  });

  it('of images, classes, conflicts, copies and leaks are those of dataset.json, exclusions and SQL', async () => {
    const { samples, classCounts, conflicting, copies } = await dataset();
    const { funnel } = await ask<Answer>('/api/project');
    const [totals] = await sql(
      'select (select count(*)::integer from hits) as hits, (select count(*)::integer from images) as stored',
    );
    expect(funnel).toEqual({ ...totals, samples });
    expect(await facet('given')).toEqual(classCounts);
    const { counts, same } = await ask<StudioDuplicates>('/api/duplicates');
    const outcomes = await counted(
      'select outcome as name, count(*)::integer as count from exclusions group by outcome',
    );
    expect([counts.near.pairs, counts.leaks.pairs, same]).toEqual([
      outcomes['duplicate_near'],
      outcomes['leak'],
      (outcomes['duplicate_pixels'] ?? 0) + (outcomes['duplicate_bytes'] ?? 0),
    ]);
    expect(counts.conflicts.clusters).toBe(conflicting);
    expect(counts.near.pairs + counts.similar.pairs + same).toBe(copies - samples);
    expect([conflicting, counts.leaks.pairs, same]).toEqual([1, 1, 1]);
    for (const kind of ['near', 'similar', 'conflicts', 'leaks'] as const) {
      const { total } = await ask<StudioDuplicates>(`/api/duplicates?kind=${kind}`);
      expect([kind, total]).toEqual([kind, counts[kind].pairs]);
    }
  });
});
