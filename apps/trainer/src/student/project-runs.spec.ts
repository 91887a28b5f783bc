import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { exportedWeights } from '../export/exported-weights';
import { predictCommand } from '../commands/predict';
import { describeChoice } from '../commands/export';
import { runsCommand } from '../commands/runs';
import { listProjectRuns } from './project-runs';

let cwd: string;
interface RunUnderTest {
  readonly day: number;
  readonly accuracy?: number;
  readonly test?: string;
  readonly status?: 'running' | 'finished';
  readonly project?: string;
  readonly evaluated?: unknown;
}

function write(
  name: string,
  { day, accuracy, test = 't', status = 'finished', project = 'p', evaluated }: RunUnderTest,
) {
  const folder = path.join(cwd, '.winnow/runs', name);
  mkdirSync(folder, { recursive: true });
  const summary = { method: 'kd', model: 'resnet8', epochs: 4, accuracy: accuracy ?? null, agreement: 0.5 };
  const files: Record<string, unknown> = {
    'state.json': { identity: name, status },
    'manifest.json': { project, method: 'kd', seed: day, startedAt: `2026-01-0${day}T00:00:00Z` },
    'config.json': { student: 'resnet8', train: { epochs: 4, batch: 32 }, test },
    ...(status === 'finished' ? { 'summary.json': summary } : {}),
    ...(evaluated === undefined ? {} : { 'evaluation.json': evaluated }),
  };
  for (const [file, value] of Object.entries(files)) writeFileSync(path.join(folder, file), JSON.stringify(value));
  writeFileSync(path.join(folder, 'metrics.jsonl'), status === 'finished' ? '' : '{"epoch":1}\n{"epoch":2}\n');
  writeFileSync(path.join(folder, 'student.safetensors'), '');
}

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'winnow-runs-'));
  writeFileSync(path.join(cwd, 'p.yaml'), 'name: p\nclasses: [{ name: a }, { name: b }]\n');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const io = () => ({ cwd, env: {} });
const listed = async () => {
  const runs = await listProjectRuns(await loadProject('p.yaml', io()));
  return runs.map(({ name, accuracy, isNewest, isBest }) => [name, accuracy, isNewest, isBest]);
};

describe('the runs of a project', () => {
  it('are told with their settings, the newest and the best among the finished ones', async () => {
    write('one', { day: 1, accuracy: 0.7 });
    write('two', { day: 2, accuracy: 0.6 });
    write('three', { day: 3, status: 'running' });
    write('theirs', { day: 4, accuracy: 0.9, project: 'other' });
    const result = await runsCommand.run?.({ arguments: { project: 'p.yaml' }, options: {} }, io() as never);
    expect(result?.text.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'run method model epochs batch seed accuracy agreement state',
      'three kd resnet8 4 32 3 - - unfinished, 2 epochs done',
      'two kd resnet8 4 32 2 60.00 % 50.00 % finished, newest',
      'one kd resnet8 4 32 1 70.00 % 50.00 % finished, best',
    ]);
  });

  it('are compared on the same test images alone, by what was measured last', async () => {
    write('other-images', { day: 1, accuracy: 0.9, test: 'before' });
    write('measured-again', { day: 2, accuracy: 0.9, test: 'before', evaluated: { accuracy: 0.5, testDigest: 't' } });
    write('plain', { day: 3, accuracy: 0.4 });
    write('of-old', { day: 4, evaluated: { accuracy: 0.99 } });
    expect(await listed()).toEqual([
      ['of-old', null, true, false],
      ['plain', 0.4, false, false],
      ['measured-again', 0.5, false, true],
      ['other-images', null, false, false],
    ]);
    const runs = await listProjectRuns(await loadProject('p.yaml', io()));
    // Those of training: of the same images, and of held-out ones.
    expect(runs.map(({ agreement }) => agreement)).toEqual([0.5, 0.5, null, null]);
  });

  it.each([null, 'x', { accuracy: 'good', testDigest: 't' }, { accuracy: 2, testDigest: 't' }, { testDigest: 't' }])(
    'are told without a damaged evaluation.json: %j',
    async (evaluated) => {
      write('one', { day: 1, accuracy: 0.7, evaluated });
      expect(await listed()).toEqual([['one', 0.7, true, true]]);
    },
  );

  it.each(['manifest.json', 'config.json', 'summary.json'])(
    'are not read from a %s that is no object',
    async (file) => {
      write('one', { day: 1 });
      writeFileSync(path.join(cwd, '.winnow/runs/one', file), 'null');
      await expect(listed()).rejects.toMatchObject({
        code: 'DATA_CORRUPT',
        where: expect.stringContaining(file) as unknown,
      });
    },
  );
});

describe('a run of a project', () => {
  it('is the best one where --run says so, and it is told how good it is', async () => {
    write('one', { day: 1, accuracy: 0.7 });
    write('two', { day: 2, accuracy: 0.6 });
    const { name, run } = await exportedWeights('p.yaml', 'best', io());
    expect(name).toBe('one');
    expect(describeChoice(run!)).toBe('kd, seed 1, 4 epochs: test accuracy 70.00 %; the best one.');
    expect(describeChoice((await exportedWeights('p.yaml', undefined, io())).run!)).toContain('the newest run.');
  });

  it('is not best where none was measured', async () => {
    write('one', { day: 1 });
    await expect(exportedWeights('p.yaml', 'best', io())).rejects.toMatchObject({ code: 'MISSING_INPUT' });
  });

  it.each(['p.yaml', 'p.json'])('is what predict and export take where a project is named: %s', async (project) => {
    write('one', { day: 1 });
    writeFileSync(path.join(cwd, 'p.json'), JSON.stringify({ name: 'p', classes: [{ name: 'a' }, { name: 'b' }] }));
    expect((await exportedWeights(project, undefined, io())).name).toBe('one');
    const said: string[] = [];
    const started = { ...io(), log: (line: string) => void said.push(line), signal: new AbortController().signal };
    const input = { arguments: { model: project, images: ['x.png'] }, options: { engine: 'wasm' } };
    // Its weights are an empty file: they are read, which is what this is about.
    await expect(predictCommand.run?.(input, started as never)).rejects.toMatchObject({
      where: expect.stringContaining(path.join('one', 'student.safetensors')) as unknown,
    });
    expect(said).toContain('Run one.');
  });
});
