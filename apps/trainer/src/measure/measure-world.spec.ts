import { access, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, InputSpec, JsonValue } from '@winnow/contracts';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { OPEN_SCORES, splitQuality, SPLITS } from '@winnow/noise';
import { type Checkpoint, readLatestCheckpoint, saveCheckpointFiles } from '@winnow/runs';
import { type MethodContext, METHODS, predict } from '@winnow/training';
import { SPLIT_SEED } from '../noise/split-pool';
import { startTensorEngine } from '../start-tensor-engine';
import { type WorldProgress, holdCheckpointFolder } from './world-checkpoints';
import { openPool, openWorld } from './open-world';
import { measureScores } from './measure-scores';
import { measureSplit, splitOpened } from './measure-split';
import type { WorldRequest } from './world-plan';
import { measureWorld } from './measure-world';
import { type SmallWorld, writeSmallWorld } from './spec-support/small-world';
import { loadWorldTruth } from './world-images';

const io = {
  cwd: process.cwd(),
  env: process.env,
  log: () => undefined,
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  signal: new AbortController().signal,
} as unknown as CommandIo;

let small: SmallWorld;
let bench: WorldRequest;
let undisturbed: ReturnType<typeof measureWorld> | undefined;
/** A whole run, once for the tests that compare with it. */
const wholeRun = () => (undisturbed ??= measureWorld(bench, 'auto', io));

beforeAll(async () => {
  await startTensorEngine('auto', io);
  small = await writeSmallWorld(path.join(await mkdtemp(path.join(tmpdir(), 'winnow-world-')), 'shapes'));
  bench = {
    source: small.folder,
    method: 'ce',
    seed: 1,
    epochs: 2,
    batch: 8,
    oracle: false,
    settings: {},
    train: { learningRate: 0.02 },
    holdOut: false,
  };
});

afterAll(async () => rm(path.dirname(small.folder), { recursive: true, force: true }));

describe('openWorld', () => {
  test('reads images and labels in the order of the tables, to the pixel', async () => {
    const { pool, test, teacher } = await openWorld(small.folder, io);
    teacher.dispose();
    expect(pool.images.labels).toEqual(small.train.labels);
    expect(Buffer.compare(pool.images.pixels, small.train.pixels)).toBe(0);
    expect(Buffer.compare(test.pixels, small.test.pixels)).toBe(0);
    expect(test.labels).toEqual(small.test.labels);
  });

  test('names an image that is in no tar', async () => {
    const file = path.join(small.folder, 'pool.csv');
    const before = await readFile(file, 'utf8');
    await writeFile(file, `${before}train/lost.png,shapes,${small.train.classes[0]},,open\n`);
    await expect(openWorld(small.folder, io)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: expect.stringContaining('train/lost.png'),
    });
    await writeFile(file, before);
  });
});

describe('what is wrong with a world', () => {
  const worldJson = () => path.join(small.folder, 'world.json');
  const pool = () => path.join(small.folder, 'pool.csv');
  const changes: readonly [string, () => string, (text: string) => string, object][] = [
    [
      'a description that is no JSON',
      worldJson,
      (text) => text.slice(1),
      { message: expect.stringContaining('not JSON') },
    ],
    [
      'images of another size than the teacher takes',
      worldJson,
      (text) => text.replace('"size":16', '"size":24'),
      { code: 'TEACHER_MISMATCH', where: expect.stringContaining('world.json, key size') },
    ],
    [
      'no test images',
      worldJson,
      (text) => text.replace('"test"', '"other"'),
      { message: expect.stringContaining('no test images') },
    ],
    [
      'a pool that does not say the truth',
      pool,
      (text) => text.replace('true', 'said'),
      { message: expect.stringContaining('no column true') },
    ],
    [
      'a pool without a column',
      pool,
      (text) => text.replace('given', 'label'),
      { next: expect.stringContaining('path, source, label') },
    ],
    [
      'another class',
      pool,
      (text) => text.replace(/shapes,\w+,/, 'shapes,cat,'),
      { message: expect.stringContaining('"cat"') },
    ],
  ];

  test.each(changes)('%s is told with what to do', async (_what, file, change, error) => {
    const before = await readFile(file(), 'utf8');
    await writeFile(file(), change(before));
    const running = measureWorld(bench, 'auto', io);
    await expect(running).rejects.toMatchObject({ next: expect.any(String), ...error });
    await writeFile(file(), before);
  });

  test('a student or setting that there is not is refused before the world is read', async () => {
    const nowhere = { ...bench, source: 'nowhere' };
    await expect(measureWorld({ ...nowhere, student: 'nope' }, 'auto', io)).rejects.toMatchObject({
      where: '--student',
    });
    await expect(measureWorld({ ...nowhere, settings: { foo: 1 } }, 'auto', io)).rejects.toMatchObject({
      where: 'setting foo',
    });
  });
});

describe('openPool', () => {
  test('finds tables in folders of their own, and the truth in them', async () => {
    const description = path.join(small.folder, 'world.json');
    const before = await readFile(description, 'utf8');
    await mkdir(path.join(small.folder, 'tables'));
    await copyFile(path.join(small.folder, 'pool.csv'), path.join(small.folder, 'tables', 'pool.csv'));
    await writeFile(description, JSON.stringify({ ...JSON.parse(before), pool: 'tables/pool.csv' }));
    const { world, folder, pool, teacher } = await openPool(small.folder, io);
    teacher.dispose();
    expect(await loadWorldTruth(folder, world, pool.paths)).toEqual(Int32Array.from(small.trueLabels));
    await writeFile(description, before);
  });

  test('takes the input that the weights name, and says where the world names another', async () => {
    const file = path.join(small.folder, 'teacher.safetensors');
    const before = await readFile(file);
    const input: InputSpec = { size: 16, range: [0, 1], mean: [0.4, 0.4, 0.4], std: [0.25, 0.25, 0.25] };
    const model = createModel('resnet8', { classCount: 3, seed: 'teacher' });
    await writeFile(
      file,
      saveWeights(model, weightsMetadata({ model: 'resnet8', classes: small.train.classes, input })),
    );
    model.dispose();
    const said: string[] = [];
    const { teacher } = await openPool(small.folder, { ...io, log: (line) => void said.push(line) });
    teacher.dispose();
    expect(teacher.input).toMatchObject(input);
    expect(said).toEqual([
      expect.stringMatching(/takes 16 px, .*mean 0\.4 .*teacher\.input .*mean 0\.5 .*is not used/),
    ]);
    await writeFile(file, before);
  });
});

describe('measureWorld', () => {
  test('reports student, split and what was seen, the same for the same seed', async () => {
    const result = await wholeRun();
    expect(result).toMatchObject({ world: 'shapes', method: 'ce', seed: 1, epochs: 2, student: 'resnet8', steps: 14 });
    expect(result).toMatchObject({ imagesSeen: 112, imagesPerEpoch: 56, parameters: expect.any(Number) });
    expect(result.trace.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(result.accuracy).toBe(result.trace[1]?.accuracy);
    expect(result.split.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(small.train.count);
    expect((await measureWorld(bench, 'auto', io)).trace).toEqual(result.trace);
  });

  test("begins with the bench's weights, else the world's, and checkpoints are theirs", async () => {
    const write = async (name: string, seed: number) => {
      const model = createModel('wrn-16-1', { classCount: 4, seed });
      await writeFile(path.join(small.folder, name), saveWeights(model, {}));
      model.dispose();
    };
    await write('a.safetensors', 1);
    await write('b.safetensors', 2);
    const file = path.join(small.folder, 'world.json');
    const before = await readFile(file, 'utf8');
    await writeFile(
      file,
      JSON.stringify({ ...JSON.parse(before), student: undefined, studentWeights: 'a.safetensors' }),
    );
    const checkpoint = path.join(small.folder, 'begun');
    const theirs = await measureWorld({ ...bench, epochs: 1, checkpoint }, 'auto', io);
    expect(theirs).toMatchObject({ student: 'wrn-16-1', start: { head: 'fitted' } });
    expect(theirs.notes[0]).toMatch(/^The student began with the weights of a.safetensors/);
    const asked = { ...bench, epochs: 1, studentWeights: 'b.safetensors', head: 'random' as const };
    const inFolder = { ...io, cwd: small.folder };
    const ours = await measureWorld(asked, 'auto', inFolder);
    expect(ours.start?.sha256).not.toBe(theirs.start?.sha256);
    expect(ours.notes[0]).toMatch(/weights of b.safetensors .* random ones/);
    await expect(measureWorld({ ...asked, checkpoint }, 'auto', inFolder)).rejects.toMatchObject({ code: 'USAGE' });
    expect((await measureWorld({ ...bench, epochs: 1, student: 'resnet8' }, 'auto', io)).start).toBeUndefined();
    await writeFile(file, before);
  });

  test('an oracle is told the true kinds', async () => {
    const seen = await contextOf({ ...bench, method: 'kd-known', oracle: true });
    expect([...(seen.data.split?.kinds ?? [])]).toEqual(trueKinds());
  });

  test('an oracle is refused where the method does not read the split', async () => {
    await expect(measureWorld({ ...bench, oracle: true }, 'auto', io)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test("a simulated person's decisions are all that a method is told of the truth", async () => {
    const review = { count: 12, by: 'random', errorRate: 0, seed: 1 } as const;
    const { data } = await contextOf({ ...bench, review });
    const decided = [...(data.known ?? [])].flatMap((label, row) => (label < 0 ? [] : [row]));
    expect(decided).toHaveLength(12);
    const truth = small.trueLabels.map((label) => (label < 0 ? 3 : label));
    for (const row of decided) expect(data.known?.[row]).toBe(truth[row]);
    const result = await measureWorld({ ...bench, epochs: 1, review }, 'auto', io);
    expect(result.review).toMatchObject({ ...review, macroF1: { after: result.split.macroF1 } });
    expect(result.notes.join()).toMatch(/\d+ decided labels take the place of given ones/);
    const [{ macroF1, review: worth } = {}] = await measureSplit(
      { source: small.folder, splits: ['winnow'], review },
      'auto',
      io,
    );
    expect([macroF1, worth]).toEqual([result.split.macroF1, result.review]);
    const both = measureWorld({ ...bench, method: 'kd-known', oracle: true, review }, 'auto', io);
    await expect(both).rejects.toMatchObject({ code: 'USAGE', where: '--review' });
  });

  test("a warm-up keeps the method's schedule, and both are reported", async () => {
    const train = { learningRate: 0.02, warmUp: 0.5 };
    const result = await measureWorld({ ...bench, method: 'modul', epochs: 1, train }, 'auto', io);
    expect(result).toMatchObject({ schedule: 'steps', train });
  });

  test('a held-out part is measured without true labels, and not learnt from', async () => {
    const seen = await contextOf({ ...bench, holdOut: true });
    expect(seen.data.images.count).toBe(54);
    const { heldOut } = await measureWorld({ ...bench, epochs: 1, holdOut: true }, 'auto', io);
    expect(heldOut).toMatchObject({ count: 6 });
    // As many as are left: nobody says anything of those that are measured.
    const review = { count: 54, by: 'random', errorRate: 0, seed: 1 } as const;
    const { data } = await contextOf({ ...bench, holdOut: true, review });
    expect(data.known?.length).toBe(54);
    expect(data.known?.every((label) => label >= 0)).toBe(true);
  });
});

describe('a bench with checkpoints', () => {
  test('goes on where it was stopped, with the same bits and all its effort', async () => {
    const checkpoint = path.join(path.dirname(small.folder), 'checkpoints');
    const whole = await wholeRun();
    const stop = new AbortController();
    const stopping = { ...io, log: (line: string) => line.startsWith('epoch 1') && stop.abort(), signal: stop.signal };
    const stopped = measureWorld({ ...bench, checkpoint }, 'auto', stopping as unknown as CommandIo);
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const kept = await readLatestCheckpoint(checkpoint);
    const { bytes, state } = kept as Checkpoint;
    const { bench: name, progress } = state.loop as unknown as { bench: string; progress: WorldProgress };
    expect(progress.trace).toEqual(whole.trace.slice(0, 1));
    // As if it had taken long.
    const effort = { seconds: 1e7, cpuSeconds: 1e8, peakMemoryBytes: 1e15 };
    const loop = { bench: name, progress: { ...progress, effort } } as unknown as JsonValue;
    await saveCheckpointFiles(checkpoint, { bytes, state: { ...state, loop } });
    const result = await measureWorld({ ...bench, checkpoint }, 'auto', io);
    expect(result).toMatchObject({ trace: whole.trace, imagesSeen: whole.imagesSeen, steps: whole.steps });
    expect(result).toMatchObject({ sittings: 2, peakMemoryBytes: effort.peakMemoryBytes });
    expect(result.seconds).toBeGreaterThan(effort.seconds);
    expect(result.cpuSeconds).toBeGreaterThan(effort.cpuSeconds);
    await expect(measureWorld({ ...bench, seed: 2, checkpoint }, 'auto', io)).rejects.toMatchObject({ code: 'USAGE' });
    const pool = path.join(small.folder, 'pool.csv');
    const before = await readFile(pool, 'utf8');
    await writeFile(pool, before.trimEnd().split('\n').slice(0, -1).join('\n'));
    const changed = measureWorld({ ...bench, checkpoint }, 'auto', io);
    await expect(changed).rejects.toMatchObject({ code: 'USAGE', where: checkpoint });
    await writeFile(pool, before);
  });

  test('keeps its folder for itself, and gives it back', async () => {
    const checkpoint = path.join(path.dirname(small.folder), 'alone');
    const lock = path.join(checkpoint, 'bench.lock');
    const release = await holdCheckpointFolder(checkpoint);
    const second = measureWorld({ ...bench, epochs: 1, checkpoint }, 'auto', io);
    await expect(second).rejects.toMatchObject({ code: 'DATABASE_BUSY', where: lock });
    await release();
    await measureWorld({ ...bench, epochs: 1, checkpoint }, 'auto', io);
    await expect(access(lock)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('refuses a file for a folder before it reads the world', async () => {
    const checkpoint = path.join(path.dirname(small.folder), 'checkpoint.bin');
    await writeFile(checkpoint, 'mine');
    const refused = measureWorld({ ...bench, source: 'nowhere', checkpoint }, 'auto', io);
    await expect(refused).rejects.toMatchObject({
      code: 'USAGE',
      where: checkpoint,
      next: 'Name a folder with --checkpoint.',
    });
  });

  test("does not take a run's checkpoints for its own", async () => {
    const checkpoint = path.join(path.dirname(small.folder), 'run');
    await saveCheckpointFiles(checkpoint, { bytes: new Uint8Array(1), state: { epoch: 1, step: 1 } });
    await expect(measureWorld({ ...bench, checkpoint }, 'auto', io)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('what a method is given', () => {
  test('holds neither true labels nor kinds nor test images, not even in the names of images', async () => {
    const { pool, teacher } = await openPool(small.folder, io);
    for (const method of ['ce', 'kd', 'modul', 'winnow'] as const) {
      const context = await contextOf({ ...bench, method });
      const { split } = await splitOpened({ pool, teacher }, { method: METHODS[method].split }, io);
      expect(context.data.split).toMatchObject({ kinds: split.kinds, refinedLabels: split.refinedLabels });
      const { texts, arrays } = reachable(context.data);
      for (const name of small.paths) expect(texts).not.toContain(name);
      for (const text of texts) expect(text).not.toMatch(/open|train\/|test\//);
      const secrets = [[...small.trueLabels], trueKinds(), [...small.test.labels], [...small.test.pixels]];
      for (const array of arrays) {
        for (const secret of secrets) expect([...array].slice(0, secret.length)).not.toEqual(secret);
      }
      expect(Object.keys(context.data).sort()).toEqual(['images', 'split']);
      expect(Object.keys(context.data.split ?? {}).sort()).toEqual(['kinds', 'probabilities', 'refinedLabels']);
    }
    teacher.dispose();
  });
});

describe('measureSplit', () => {
  test('measures a split as the world bench does', async () => {
    const [found] = await measureSplit({ source: small.folder, splits: ['edl-gmm'] }, 'auto', io);
    const { split } = await measureWorld({ ...bench, epochs: 1, split: 'edl-gmm' }, 'auto', io);
    expect(found).toMatchObject({ macroF1: split.macroF1, confusion: split.confusion, count: small.train.count });
  });

  test('asks for no features where it is to do without', async () => {
    const of = async (logitsOnly: boolean) => {
      const [found] = await measureSplit({ source: small.folder, splits: ['knn'], logitsOnly }, 'auto', io);
      return found;
    };
    const { pool, teacher } = await openWorld(small.folder, io);
    const { logits, classCount } = await predict(teacher.frozen, pool.images, { features: false });
    teacher.dispose();
    const { labels } = pool.images;
    const split = SPLITS.knn({ logits, labels, classCount, features: null, seed: SPLIT_SEED });
    const truth = Int32Array.from(small.trueLabels);
    const { confusion } = splitQuality(split, { method: 'knn', givenLabels: labels, trueLabels: truth });
    expect(await of(true)).toMatchObject({ logitsOnly: true, confusion });
    expect((await of(false))?.confusion).not.toEqual(confusion);
  });
});

describe('measureScores', () => {
  test('measures every score against the truth', async () => {
    const found = await measureScores(small.folder, 'auto', io);
    expect(found.map(({ score }) => score)).toEqual(Object.keys(OPEN_SCORES));
    const { pool, teacher } = await openWorld(small.folder, io);
    const { logits } = await predict(teacher.frozen, pool.images);
    teacher.dispose();
    const isOpen = Array.from(small.trueLabels, (label) => label < 0);
    const classCount = small.train.classes.length;
    const least = isOpen.map((_, row) => -Math.max(...logits.subarray(row * classCount, (row + 1) * classCount)));
    const [open, known] = [true, false].map((wanted) => least.filter((__, row) => isOpen[row] === wanted));
    const wins = (open as number[]).flatMap((a) => (known as number[]).map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
    const expected = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
    expect(found.find(({ score }) => score === 'max-logit')?.aurocOpen).toBeCloseTo(expected, 10);
  });
});

function trueKinds(): number[] {
  return Array.from(small.trueLabels, (truth, row) => (truth < 0 ? 2 : truth === small.train.labels[row] ? 0 : 1));
}

/** Everything that training hands to a method at its start, where it ends. */
async function contextOf(wanted: WorldRequest): Promise<MethodContext> {
  const method = METHODS[wanted.method];
  const prepare = jest.spyOn(method, 'prepare').mockRejectedValue(new Error('That is all'));
  try {
    await expect(measureWorld({ ...wanted, epochs: 1 }, 'auto', io)).rejects.toThrow('That is all');
    return prepare.mock.calls[0]?.[0] as MethodContext;
  } finally {
    prepare.mockRestore();
  }
}

/** Texts and number arrays that can be reached from a value. */
function reachable(value: unknown, seen = new Set<unknown>()) {
  const texts: string[] = [];
  const arrays: Uint8Array[] = [];
  const visit = (item: unknown): void => {
    if (typeof item === 'string') texts.push(item);
    if (typeof item !== 'object' || item === null || seen.has(item)) return;
    seen.add(item);
    if (ArrayBuffer.isView(item)) arrays.push(item as unknown as Uint8Array);
    else for (const part of Object.values(item)) visit(part);
  };
  visit(value);
  return { texts, arrays };
}
