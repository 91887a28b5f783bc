import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NOISE_KINDS, STUDIO_STEPS } from '@winnow/contracts';
import type { StudioHandover } from '@winnow/contracts';
import { statedLicense } from '@winnow/dedup';
import { listBuilds, listSamples, openDatabase, saveSplit } from '@winnow/db';
import { keepDatabaseOpen, recordTestCrawl } from '@winnow/db/testing';
import { encodeJpeg, resizeRgb } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { readDataset, readSamples } from '@winnow/shards';
import { blobPath } from '@winnow/store';
import { projectCommands } from '../spec-support/project-commands';
import type { ProjectCommands } from '../spec-support/project-commands';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';
import { BuildRehearsals } from './rehearse-build';

const CLASSES = ['cat', 'dog', 'fox'] as const;
const WINNOW = path.resolve(__dirname, '../../../winnow/bin/winnow.js');
const DRAWN = 18;

interface Original {
  readonly className: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Of the square, pixels. */
  readonly side: number;
}

/** Images of which each has two larger copies; of every second image these are under another class. */
async function drawOriginals(): Promise<readonly Original[]> {
  const drawn = Array.from({ length: DRAWN }, async (_, seed) => {
    const random = new SeededRandom(seed + 1);
    const coarse = { width: 12, height: 12, data: Uint8Array.from({ length: 432 }, () => random.int(256)) };
    return Promise.all(
      [160, 200, 240].map(async (side, copy): Promise<Original> => {
        const bytes = await encodeJpeg(await resizeRgb(coarse, side, 'squash'), 85);
        const className = CLASSES[(seed + (copy > 0 ? seed % 2 : 0)) % 3] as string;
        return { className, bytes, sha256: createHash('sha256').update(bytes).digest('hex'), side };
      }),
    );
  });
  return (await Promise.all(drawn)).flat();
}

describe('the plan of a data set that is handed over', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  let closeDatabase: () => Promise<void>;
  let make: ProjectCommands['build'];
  let rehearsals: BuildRehearsals;

  beforeAll(async () => {
    project = await writeStudioProject({ until: 'nothing' });
    const { config } = project;
    ({ build: make } = await projectCommands(project));
    closeDatabase = keepDatabaseOpen(config.paths.state);
    const { db, close, executeSql } = await openDatabase({ stateDir: config.paths.state, holder: 'a spec' });
    const originals = await drawOriginals();
    for (const { sha256, bytes } of originals) {
      const file = blobPath(config.paths.blobs, sha256);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    await recordTestCrawl(
      db,
      'p',
      originals.map(({ className, sha256, bytes, side }) => {
        return { className, sha256, sizeBytes: bytes.length, mime: 'image/jpeg', width: side, height: side };
      }),
    );
    // The copy that stands for all has another licence than the smallest one.
    for (const [index, { sha256, side }] of originals.entries()) {
      const license = side === 160 ? 'CC BY 4.0' : index % 4 === 1 ? 'CC0' : null;
      await executeSql('update hits set license = $1 where id like $2', [license, `%${sha256}`]);
    }
    await make({});
    const [record] = await listBuilds(db, 'p');
    const rows = (await listSamples(db, record?.id ?? '')).map(({ key, label }, index) => {
      const kind = NOISE_KINDS[index % 3] as (typeof NOISE_KINDS)[number];
      const of = (one: string): number => (one === kind ? 0.8 : 0.1);
      return {
        ...{ key, kind, refinedLabel: (label + 1) % 3, score: 0 },
        ...{ cleanProbability: of('clean'), closedProbability: of('closed'), openProbability: of('open') },
      };
    });
    const split = { id: 's1', project: 'p', buildId: record?.id ?? '', method: 'winnow', teacherDigest: 't' };
    await saveSplit(db, { ...split, config: {}, counts: {} }, rows);
    await close();
    const program = { executable: process.execPath, before: [WINNOW], cwd: config.paths.root };
    rehearsals = new BuildRehearsals(program, 'p.yaml');
    studio = await openStudio(project);
  });
  afterAll(async () => {
    await studio.close();
    await closeDatabase();
    project.remove();
  });

  const builds = () => studio.context.database.use((db) => listBuilds(db, 'p'));

  it.each([
    // Labels by other listings than those that the split judged: some are left out.
    ['kinds=clean,closed&labels=given&licenses=by', 'otherwise'],
    ['kinds=clean,closed&labels=refined&licenses=by', 'perhaps otherwise'],
    ['kinds=clean,open&labels=given&licenses=unknown', 'perhaps otherwise'],
    ['kinds=clean,closed,open&labels=given', 'as before'],
  ])('has the figures of the build: %s', async (query, folds) => {
    const found = (await studio.ask(`/api/handover?${query}`)).body as StudioHandover;
    expect(found.inexact.length > 0).toBe(folds !== 'as before');
    const labels = new URLSearchParams(query).get('labels') ?? 'given';
    const before = [await builds(), readdirSync(project.config.paths.builds)];
    const plan = await rehearsals.plan({ where: found.where, labels }, new AbortController().signal);
    expect([await builds(), readdirSync(project.config.paths.builds)]).toEqual(before);
    await make(STUDIO_STEPS.build.parse({ where: found.where, labels }));
    const [record] = await builds();
    const directory = path.join(project.config.paths.builds, record?.id ?? '');
    const classes = new Map<string, number>();
    const licenses = new Map<string, number>();
    const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
    let relabelled = 0;
    for await (const { className, givenClass, provenance } of readSamples(directory, await readDataset(directory))) {
      count(classes, className);
      relabelled += givenClass === undefined ? 0 : 1;
      for (const id of new Set(provenance.map((one) => statedLicense(one)?.id ?? 'unknown'))) count(licenses, id);
    }
    expect(plan).toMatchObject({
      ...{ build: record?.id, isBuilt: false, relabelled },
      counts: { samples: record?.sampleCount, perClass: Object.fromEntries(classes) },
      licenses: Object.fromEntries(licenses),
    });
    const byKind = Object.values(plan.kinds ?? {}).reduce((sum, one) => sum + one, 0);
    expect(byKind).toBe(plan.counts.samples);
    const counted = [found.count, ...found.byClass.map((one) => one.count)];
    const planned = [plan.counts.samples, ...CLASSES.map((name) => plan.counts.perClass[name] ?? 0)];
    expect(counted.join() === planned.join()).toBe(folds !== 'otherwise');
    expect(await rehearsals.plan({ where: found.where, labels }, new AbortController().signal)).toEqual({
      ...plan,
      isBuilt: true,
    });
  });

  it('says why nothing can be built so, and takes no flags but those of a build', async () => {
    const { signal } = new AbortController();
    await expect(rehearsals.plan({ where: 'side > 9999' }, signal)).rejects.toThrow('No image is left');
    await expect(rehearsals.plan({ where: 'nonsense' }, signal)).rejects.toMatchObject({ statusCode: 422 });
    await expect(rehearsals.plan({ exclude: 'x' }, signal)).rejects.toThrow(/exclude/);
    const body = { holdout: '/etc' };
    expect((await studio.ask('/api/handover/plan', { method: 'POST', body })).status).toBe(400);
  });
});
