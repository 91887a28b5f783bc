import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EpochMetrics, RunSummary } from '@winnow/contracts';

import { openRun } from './open-run';
import type { OpenRunOptions } from './open-run';
import type { Run } from './run';
import { findRun, listRuns } from './run-record-files';

const options: OpenRunOptions = {
  name: { date: '2026-11-24T05:12:00Z', project: 'fashion', method: 'modul', seed: 1 },
  config: { epochs: 5, model: 'resnet8' },
  manifest: {
    startedAt: '2026-11-24T05:12:00.000Z',
    versions: { winnow: '0.1.0', node: '20.20.2', engine: '4.22.0' },
    git: null,
    buildDigest: 'b'.repeat(64),
    teacherDigest: 'c'.repeat(64),
    engine: 'native',
    device: 'cpu',
  },
};

const summary: RunSummary = {
  method: 'modul',
  model: 'resnet8',
  seed: 1,
  epochs: 5,
  accuracy: 0.75,
  agreement: null,
  teacherAccuracy: 0.9,
  perClassAccuracy: { sneaker: 0.8, sandal: 0.7 },
  imagesSeen: 500,
  seconds: 12.5,
  peakMemoryBytes: 300 * 2 ** 20,
  engine: 'native',
  notes: ['the test set is small'],
};

function epochMetrics(epoch: number, seconds = 1): EpochMetrics {
  return {
    epoch,
    steps: 10,
    learningRate: 0.1 / epoch,
    loss: 2 / epoch,
    parts: { supervised: 1.5 / epoch, contrastive: 0.5 / epoch },
    ...(epoch % 2 === 0 ? { accuracy: 1 - 1 / epoch } : {}),
    seconds,
    imagesSeen: 100 * epoch,
  };
}

/** A loop as a trainer has it: goes on after the latest checkpoint; `killAfter` counts calls to the run. */
async function train(run: Run, killAfter: number, seconds = 1): Promise<void> {
  const checkpoint = await run.latestCheckpoint();
  let calls = 0;
  for (let epoch = (checkpoint?.state.epoch ?? 0) + 1; epoch <= 5; epoch += 1) {
    if (calls++ === killAfter) return;
    await run.appendMetrics(epochMetrics(epoch, seconds));
    if (calls++ === killAfter) return;
    await run.saveCheckpoint(Uint8Array.of(epoch, 7, 7), { epoch, step: 10 * epoch, loop: { order: epoch } });
  }
  await run.finish(summary);
}

describe('openRun', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'winnow-runs-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const metricsOf = (run: Run): string => readFileSync(join(run.folder, 'metrics.jsonl'), 'utf8');

  it('leaves a folder that holds everything', async () => {
    const run = await openRun(root, options);
    expect(run.status).toBe('new');
    await train(run, Infinity);
    expect(run.folder).toBe(join(root, '2026-11-24-fashion-modul-s1'));
    expect(readdirSync(run.folder).sort()).toEqual([
      'checkpoints',
      'config.json',
      'curves.svg',
      'events.out.tfevents.1795497120.winnow',
      'manifest.json',
      'metrics.jsonl',
      'model-card.md',
      'state.json',
      'summary.json',
    ]);
    expect(JSON.parse(readFileSync(join(run.folder, 'manifest.json'), 'utf8'))).toMatchObject({
      identity: run.identity,
      wallSeconds: 12.5,
      peakMemoryBytes: 300 * 2 ** 20,
      device: 'cpu',
      git: null,
    });
    expect(JSON.parse(readFileSync(join(run.folder, 'config.json'), 'utf8'))).toEqual(options.config);
    expect(JSON.parse(readFileSync(join(run.folder, 'summary.json'), 'utf8'))).toEqual(summary);
  });

  it('keeps the two newest checkpoints', async () => {
    const run = await openRun(root, options);
    await train(run, Infinity);
    expect(readdirSync(join(run.folder, 'checkpoints')).sort()).toEqual([
      'step-000000040.bin',
      'step-000000040.json',
      'step-000000050.bin',
      'step-000000050.json',
    ]);
    expect(await run.latestCheckpoint()).toEqual({
      bytes: Uint8Array.of(5, 7, 7),
      state: { epoch: 5, step: 50, loop: { order: 5 } },
    });
  });

  it('gives the same metrics as an undisturbed run, wherever it was killed', async () => {
    const undisturbed = await openRun(join(root, 'whole'), options);
    await train(undisturbed, Infinity);
    for (let killAfter = 0; killAfter < 10; killAfter += 1) {
      const location = join(root, `killed-${killAfter}`);
      await train(await openRun(location, options), killAfter);
      const resumed = await openRun(location, { ...options, name: { ...options.name, date: '2026-11-25' } });
      expect(resumed.status).toBe('resumed');
      await train(resumed, Infinity);
      expect(metricsOf(resumed)).toBe(metricsOf(undisturbed));
      expect(readdirSync(location)).toHaveLength(1);
    }
  });

  it('drops a line that a kill cut off', async () => {
    const run = await openRun(root, options);
    await train(run, 4);
    appendFileSync(join(run.folder, 'metrics.jsonl'), '{"epoch":3,"ste');
    const resumed = await openRun(root, options);
    expect(resumed.metrics.map((metrics) => metrics.epoch)).toEqual([1, 2]);
    expect(metricsOf(resumed).endsWith('}\n')).toBe(true);
  });

  it('goes back to the checkpoint before when the newest is damaged', async () => {
    const run = await openRun(root, options);
    await train(run, 6);
    truncateSync(join(run.folder, 'checkpoints', 'step-000000030.bin'), 1);
    const resumed = await openRun(root, options);
    expect((await resumed.latestCheckpoint())?.state.epoch).toBe(2);
    expect(resumed.metrics.map((metrics) => metrics.epoch)).toEqual([1, 2]);
    // The damaged one takes no place of the two that are kept.
    await resumed.saveCheckpoint(Uint8Array.of(1), { epoch: 2, step: 22 });
    await resumed.saveCheckpoint(Uint8Array.of(2), { epoch: 2, step: 24 });
    const folder = join(run.folder, 'checkpoints');
    const names = ['step-000000022.bin', 'step-000000022.json', 'step-000000024.bin', 'step-000000024.json'];
    expect(readdirSync(folder).sort()).toEqual(names);
  });

  it('removes the bytes of a checkpoint that a kill left without a record', async () => {
    const run = await openRun(root, options);
    await train(run, 2);
    const folder = join(run.folder, 'checkpoints');
    writeFileSync(join(folder, 'step-000000015.bin'), 'half');
    writeFileSync(join(folder, '.step-000000015.json.4711-2.tmp'), 'half');
    const resumed = await openRun(root, options);
    expect((await resumed.latestCheckpoint())?.state.step).toBe(10);
    await resumed.saveCheckpoint(Uint8Array.of(1), { epoch: 1, step: 12 });
    expect(readdirSync(folder).filter((name) => name.includes('15'))).toEqual([]);
  });

  it('does not begin again where a checkpoint is there and cannot be read', async () => {
    const run = await openRun(root, options);
    await train(run, 4);
    const before = metricsOf(run);
    const file = join(run.folder, 'checkpoints', 'step-000000020.bin');
    rmSync(file);
    mkdirSync(file);
    await expect(openRun(root, options)).rejects.toMatchObject({ where: file });
    expect(metricsOf(run)).toBe(before);
    const folder = join(run.folder, 'checkpoints');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'mine');
    // To remove the folder that it is in would be to remove the run.
    const next = 'Make it readable, or move it away to begin again.';
    await expect(openRun(root, options)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: folder, next });
  });

  it('makes the name of every new file and folder outlast a loss of power', async () => {
    const synced: string[] = [];
    const { open } = files;
    const opening = jest.spyOn(files, 'open').mockImplementation(async (file, ...more) => {
      const handle = await open(file, ...more);
      jest.spyOn(handle, 'sync').mockImplementation(async () => void synced.push(String(file)));
      return handle;
    });
    const location = join(root, 'a', 'b');
    const run = await openRun(location, options);
    expect(synced).toEqual(expect.arrayContaining([root, join(root, 'a'), location]));
    const metrics = join(run.folder, 'metrics.jsonl');
    synced.length = 0;
    await run.appendMetrics(epochMetrics(1));
    await run.appendMetrics(epochMetrics(2));
    expect(synced).toEqual([metrics, run.folder, metrics]);
    synced.length = 0;
    await run.saveCheckpoint(Uint8Array.of(1), { epoch: 2, step: 20 });
    expect(synced[0]).toBe(run.folder);
    opening.mockRestore();
  });

  it.each([
    ['is gone', () => null, /lack epoch 1\b.*has done 3/],
    ['lost its end', (lines: string[]) => lines.slice(0, 2), /lack epoch 3/],
    ['lost a line', (lines: string[]) => [lines[0], lines[2]], /lack epoch 2/],
    ['holds a line twice', (lines: string[]) => [lines[0], ...lines.slice(0, 3)], /out of order/],
  ])('does not go on where the metrics file %s', async (_, change, message) => {
    const run = await openRun(root, options);
    await train(run, 6);
    const where = join(run.folder, 'metrics.jsonl');
    const changed = change(metricsOf(run).split('\n').slice(0, 3));
    if (changed === null) rmSync(where);
    else writeFileSync(where, `${changed.join('\n')}\n`);
    const next = expect.stringContaining('train again') as string;
    await expect(openRun(root, options)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where, next });
    await expect(openRun(root, options)).rejects.toThrow(message);
    expect(existsSync(where) ? metricsOf(run) : null).toBe(changed && `${changed.join('\n')}\n`);
  });

  it('re-uses a finished run', async () => {
    await train(await openRun(root, options), Infinity);
    const again = await openRun(root, options);
    expect(again.status).toBe('finished');
    expect(again.summary).toEqual(summary);
    expect((await findRun(root, again.identity))?.finished).toBe(true);
  });

  it('gives each project of one folder a run of its own, and finds it again', async () => {
    const other = { ...options, name: { ...options.name, project: 'shoes' } };
    const first = await openRun(root, options);
    await train(first, Infinity);
    const second = await openRun(root, other);
    expect([second.status, second.folder.includes('-shoes-')]).toEqual(['new', true]);
    expect(second.identity).not.toBe(first.identity);
    await train(second, Infinity);
    expect(await openRun(root, options)).toMatchObject({ status: 'finished', folder: first.folder });
    expect(await openRun(root, other)).toMatchObject({ status: 'finished', folder: second.folder });
    rmSync(first.folder, { recursive: true });
    expect(await openRun(root, other)).toMatchObject({ status: 'finished', folder: second.folder });
  });

  it('numbers the folder where another run of that name exists', async () => {
    const first = await openRun(root, options);
    const second = await openRun(root, { ...options, config: { epochs: 6, model: 'resnet8' } });
    expect(second.folder).toBe(`${first.folder}-2`);
    expect((await listRuns(root)).map((record) => record.identity)).toEqual([first.identity, second.identity]);
    expect(await findRun(root, 'absent')).toBeNull();
    expect(await findRun(join(root, 'absent'), 'absent')).toBeNull();
  });

  it('does not depend on the order of configuration keys, and does on their values', async () => {
    const { identity } = await openRun(root, options);
    expect((await openRun(root, { ...options, config: { model: 'resnet8', epochs: 5 } })).identity).toBe(identity);
    expect((await openRun(root, { ...options, name: { ...options.name, seed: 2 } })).identity).not.toBe(identity);
    const otherBuild = { ...options.manifest, buildDigest: 'd'.repeat(64) };
    expect((await openRun(root, { ...options, manifest: otherBuild })).identity).not.toBe(identity);
  });

  it('refuses an epoch out of order and says where', async () => {
    const run = await openRun(root, options);
    await run.appendMetrics(epochMetrics(1));
    await expect(run.appendMetrics(epochMetrics(3))).rejects.toMatchObject({ code: 'INTERNAL', where: run.folder });
  });

  it('reports a damaged metrics file by line', async () => {
    const run = await openRun(root, options);
    appendFileSync(join(run.folder, 'metrics.jsonl'), 'nonsense\n');
    await expect(openRun(root, options)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      where: `${join(run.folder, 'metrics.jsonl')}:1`,
    });
  });

  it('reports a damaged manifest by file', async () => {
    const run = await openRun(root, options);
    const path = join(run.folder, 'manifest.json');
    writeFileSync(path, '{');
    await expect(listRuns(root)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: path });
  });

  it('passes over a folder that was killed before its state was written', async () => {
    const run = await openRun(root, options);
    rmSync(join(run.folder, 'state.json'));
    const again = await openRun(root, options);
    expect(again.folder).toBe(`${run.folder}-2`);
    expect(existsSync(join(again.folder, 'state.json'))).toBe(true);
  });
});
