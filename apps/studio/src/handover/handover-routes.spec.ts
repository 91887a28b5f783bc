import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { NOISE_KINDS, STUDIO_STEPS } from '@winnow/contracts';
import type { StudioHandover } from '@winnow/contracts';
import { listBuilds, listSamples, openDatabase, saveMeasurePlan, saveSplit } from '@winnow/db';
import { keepDatabaseOpen } from '@winnow/db/testing';
import { collectReport } from '../report/collect-report';
import { dataCard } from '../report/data-card';
import { renderReport } from '../report/render-report';
import { projectCommands } from '../spec-support/project-commands';
import type { ProjectCommands } from '../spec-support/project-commands';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';
import { stepArguments } from '../steps/step-arguments';
import { handoverWhere } from './handover-where';

const PLAN = '00000000-0000-4000-8000-0000000000aa';
const COUNT = 36;
/** Programs of a Python with Hugging Face's `datasets`. */
const PYTHON = process.env['WINNOW_TEST_PYTHON'];
/** Loads a folder, decodes its images and counts its classes. */
const READ = `
import datasets, json, sys
rows = datasets.load_dataset(sys.argv[1], split="train")
names = rows.features["cls"].names
print(json.dumps({
    "count": len(rows),
    "classes": {name: rows["cls"][:].count(label) for label, name in enumerate(names)},
    "sides": sorted({image.size for image in rows["jpg"]}),
}))`;

describe('handing over', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  let closeDatabase: () => Promise<void>;
  let make: ProjectCommands['build'];
  let io: ProjectCommands['io'];
  /** Of the samples of the first data set, in their order. */
  let digests: readonly string[];

  beforeAll(async () => {
    project = await writeStudioProject({ until: 'crawl', count: COUNT });
    const { config } = project;
    ({ build: make, io } = await projectCommands(project));
    closeDatabase = keepDatabaseOpen(config.paths.state);
    const handle = await openDatabase({ stateDir: config.paths.state, holder: 'a spec' });
    await handle.executeSql(`update hits set license = 'CC BY 4.0' where rank % 2 = 0`, []);
    await handle.close();
    studio = await openStudio(project);
  });
  afterAll(async () => {
    await studio.close();
    await closeDatabase();
    project.remove();
  });

  const ask = async (query: string): Promise<StudioHandover> => {
    const { status, body } = await studio.ask(`/api/handover?${query}`);
    expect([status, body]).toEqual([200, body]);
    return body as StudioHandover;
  };

  it('has nothing to clean before there is a split', async () => {
    expect(await ask('')).toMatchObject({ base: null, count: 0 });
    await make({});
    expect(await ask('')).toMatchObject({ base: null });
    const { config } = project;
    const { db, close } = await openDatabase({ stateDir: config.paths.state, holder: 'a spec' });
    const [record] = await listBuilds(db, config.name);
    const samples = await listSamples(db, record?.id ?? '');
    expect(samples).toHaveLength(COUNT);
    digests = samples.map(({ sha256 }) => sha256);
    const rows = samples.map(({ key, label }, index) => {
      const kind = NOISE_KINDS[index % 3] as (typeof NOISE_KINDS)[number];
      const sure = [0.4, 0.7, 0.9][Math.floor(index / 3) % 3] as number;
      const of = (one: string): number => (one === kind ? sure : (1 - sure) / 2);
      return {
        ...{ key, kind, refinedLabel: (label + 1) % 3, score: 0 },
        ...{ cleanProbability: of('clean'), closedProbability: of('closed'), openProbability: of('open') },
      };
    });
    const split = { id: 's1', project: config.name, buildId: record?.id ?? '', method: 'winnow', teacherDigest: 't' };
    await saveSplit(db, { ...split, config: {}, counts: {} }, rows);
    const settings = { seed: 's', halfWidth: 0.1, isBlind: true, stages: [{ clean: 12, closed: 12, open: 12 }] };
    await saveMeasurePlan(db, config.name, {
      id: PLAN,
      buildId: split.buildId,
      splitId: 's1',
      person: 'Anna',
      settings,
    });
    await close();
    await studio.context.facts.renew();
  });

  /** @param open images, by their place, that people say show no class; the others show a cat */
  const decide = async (rows: readonly number[], open: readonly number[], origin: 'one' | 'measure') => {
    const decisions = rows.map((row) => {
      const id = `00000000-0000-4000-8000-${origin === 'one' ? '1' : '2'}${String(row).padStart(11, '0')}`;
      const says = open.includes(row) ? 'open' : 'class:cat';
      return { id, batch: id, sha256: digests[row], says, origin, ...(origin === 'measure' && { plan: PLAN }) };
    });
    expect(await studio.ask('/api/decisions', { method: 'POST', body: { decisions } })).toMatchObject({ status: 200 });
  };

  it.each([
    'kinds=clean',
    'kinds=clean,closed&labels=refined',
    'kinds=clean,closed,open&labels=given',
    'kinds=clean,closed&labels=refined&least=.7',
    'kinds=clean,open&labels=decided&decided=1',
    'kinds=closed&labels=refined&licenses=by',
    'kinds=clean,closed&labels=decided&licenses=by,unknown&least=.65&decided=1',
  ])('counts what the build then holds: %s', async (query) => {
    const decided = [...(await studio.context.decisions.current()).decided()].length;
    if (decided === 0) await decide([0, 1, 3, 4, 6, 8, 11, 13], [1, 6], 'one');
    const found = await ask(query);
    const labels = new URLSearchParams(query).get('labels') ?? 'given';
    const options = STUDIO_STEPS.build.parse({ where: found.where, labels });
    const { samples } = await make(options);
    expect([query, found.count]).toEqual([query, samples]);
    expect(found.base).toMatchObject({ splitId: 's1', samples: COUNT });
    const { config } = project;
    const { db, close } = await openDatabase({ stateDir: config.paths.state, holder: 'a spec' });
    const [record] = await listBuilds(db, config.name);
    const names = (await listSamples(db, record?.id ?? '')).map(({ className }) => className);
    await close();
    expect(found.byClass).toEqual(
      ['cat', 'dog', 'fox'].map((name) => ({ name, count: names.filter((one) => one === name).length })),
    );
    expect(record?.config).toMatchObject({ build: { where: found.where }, split: { id: 's1' } });
  });

  (PYTHON === undefined ? it.skip : it)('counts what `datasets` reads where there is no winnow', async () => {
    const found = await ask('kinds=clean,closed&labels=refined');
    await make({ where: found.where, labels: 'refined' });
    const [record] = await studio.context.database.use((db) => listBuilds(db, 'p'));
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'handed over '));
    try {
      cpSync(path.join(project.config.paths.builds, record?.id ?? ''), elsewhere, { recursive: true });
      const { stdout } = await promisify(execFile)(
        path.join(PYTHON as string, 'python'),
        ['-I', '-c', READ, elsewhere],
        {
          cwd: elsewhere,
          env: { HF_HOME: path.join(elsewhere, 'hub'), HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1' },
        },
      );
      expect(JSON.parse(stdout)).toEqual({
        count: found.count,
        classes: Object.fromEntries(found.byClass.map(({ name, count }) => [name, count])),
        sides: [[16, 16]],
      });
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('counts what a file of corrections decides, by digest and by URL', async () => {
    const { config } = project;
    const [file, yaml] = ['decided.csv', 'p.yaml'].map((name) => path.join(config.paths.root, name)) as [
      string,
      string,
    ];
    const text = readFileSync(yaml, 'utf8');
    const urls = (
      await studio.context.database.use((_db, { executeSql }) =>
        executeSql('select image_url from hits order by image_url', []),
      )
    ).rows.map((row) => String(row['image_url']));
    const decided = [0, 1, 3, 4, 6, 8, 11, 13].map((row) => digests[row] as string);
    const [byUrl] = urls.filter((url) => !decided.some((sha256) => url.endsWith(sha256)));
    const byDigest = digests.find((sha256) => !decided.includes(sha256) && byUrl?.endsWith(sha256) === false);
    writeFileSync(file, `picture,class\n${byUrl},fox\n${byDigest},open\n`);
    writeFileSync(yaml, `${text}split: { corrections: decided.csv }\n`);
    const other = await openStudio({
      ...project,
      config: { ...config, split: { ...config.split, corrections: 'decided.csv' } },
    });
    const query = 'kinds=clean,closed,open&labels=decided&decided=1';
    const { body } = await other.ask(`/api/handover?${query}`);
    const { where, count, decidedOut } = body as StudioHandover;
    const { samples } = await make({ where, labels: 'decided' });
    expect([count, decidedOut]).toEqual([samples, 3]);
    expect(count).toBe((await ask(query)).count + 1);
    await other.close();
    writeFileSync(yaml, text);
  });

  it('counts without what people left out, until they take it back', async () => {
    const query = 'kinds=clean,closed,open&labels=given';
    const id = '00000000-0000-4000-8000-3000000000aa';
    const line = { id, batch: id, sha256: digests[2], says: 'leave-out', origin: 'one' };
    expect(await studio.ask('/api/decisions', { method: 'POST', body: { decisions: [line] } })).toMatchObject({
      status: 200,
    });
    const found = await ask(query);
    expect([found.count, found.decidedOut]).toEqual([COUNT - 1, 1]);
    expect((await make({ where: found.where })).samples).toBe(COUNT - 1);
    const undo = { id: '00000000-0000-4000-8000-3000000000ab', batch: id };
    expect(await studio.ask('/api/undo', { method: 'POST', body: undo })).toMatchObject({ status: 200 });
    expect((await ask(query)).count).toBe(COUNT);
  });

  it('asks for what the project asks for, too', () => {
    const wishes = { kinds: ['clean'] as const, leastProbability: 0.7, isDecidedOnly: true, licenses: ['by', 'cc0'] };
    expect(handoverWhere(wishes, 'side >= 64 or class = cat')).toBe(
      '(side >= 64 or class = cat) and kind = clean and doubt <= 0.3 and decided = decided and license in (by, cc0)',
    );
  });

  it('names the held-out images of the project with those that are added, from where its file lies', async () => {
    const { config } = project;
    const { root } = config.paths;
    const own = ['../test', path.resolve('more')];
    const other = await openStudio({ ...project, config: { ...config, build: { ...config.build, holdout: own } } });
    const merged = async (holdout: string) =>
      ((await other.ask(`/api/handover?holdout=${holdout}`)).body as StudioHandover).holdout;
    expect(await merged('some/place')).toEqual([...own, path.relative(root, path.resolve('some/place'))]);
    expect(await merged('more/')).toEqual(own);
    expect(await merged('')).toBeNull();
    await other.close();
  });

  it('starts a build with one argument a flag, and no path that leads out', () => {
    const options = { where: "kind = clean and host = 'a b'", labels: 'refined', size: 32, holdout: 'images/test' };
    expect(stepArguments('build', options, 'p.yaml')).toEqual([
      ...[
        'build',
        'p.yaml',
        "--where=kind = clean and host = 'a b'",
        '--labels=refined',
        '--size=32',
        '--holdout=images/test',
      ],
    ]);
    for (const holdout of ['/etc', '../up', 'a/../../b', '-x', 'C:\\x', 'a\nb', 'a\\..\\b']) {
      expect(() => stepArguments('build', { holdout }, 'p.yaml')).toThrow();
    }
    expect(stepArguments('bundle', { run: 'r1', format: ['onnx', 'tfjs'] }, 'p.yaml')).toEqual([
      ...['bundle', 'p.yaml', '--run=r1', '--format=onnx,tfjs'],
    ]);
  });

  it('says on the card of a cleaned data set what people measured of the one that it is of', async () => {
    const before = await dataCard(path.join(project.config.paths.root, 'p.yaml'), undefined, io);
    expect(before).toContain('Nobody has measured');
    await decide(
      digests.map((_, row) => row),
      [],
      'measure',
    );
    const card = await dataCard(path.join(project.config.paths.root, 'p.yaml'), undefined, io);
    expect(card.startsWith('# ')).toBe(true);
    // All were looked at, and of three classes one is cat.
    expect(card).toMatch(/- label noise: 6\d\.\d+ % \(.* % to .* %\) of the images had a wrong label/);
    expect(card).toContain('of which this one was cleaned');
    expect(card).toContain('People looked at 36 images');
    expect(card.slice(0, card.indexOf('## Measured'))).toBe(before.slice(0, before.indexOf('## Measured')));
    const { base } = await ask('');
    const report = await collectReport(path.join(project.config.paths.root, 'p.yaml'), io, base?.buildId.slice(0, 8));
    expect(report.split?.measured).toMatchObject({
      splitId: 's1',
      isComplete: true,
      labels: { share: expect.closeTo(2 / 3, 0) as number },
    });
    expect(renderReport(report)).toContain('Measured by people');
    // Of a data set whose labels people decided, without a split, the looks tell of those labels.
    await studio.context.database.use((_db, { executeSql }) =>
      executeSql(`update builds set config = config || '{"build":{"labels":"decided"}}'::jsonb where id = $1`, [
        base?.buildId,
      ]),
    );
    const decided = await dataCard(path.join(project.config.paths.root, 'p.yaml'), base?.buildId, io);
    expect(decided).toContain('of the images have a wrong label in it');
    expect(decided).toContain('The labels of this data set are right');
    expect(decided).not.toContain('collected are right');
    await expect(collectReport(path.join(project.config.paths.root, 'p.yaml'), io, 'f00')).rejects.toMatchObject({
      code: 'MISSING_INPUT',
    });
  });
});
