import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir, isolatedPython } from '@winnow/tensor';
import { BENCH_IMAGES } from '../web/bench-web-process';
import { pythonPrograms } from '../harness/python-environment';
import { TYPESCRIPT_HOOK } from '../harness/workspace';
import { PILLOW_VERSION, SHARD_READERS, WEBDATASET_VERSION, WIDS_VERSION } from './shard-readers-environment';
import { compareShards, shardsFigures, taskName } from './shards-figures';
import type { ShardsCompetitor, ShardsTaskFigures } from './shards-figures';
import { makeShardsPool } from './shards-pool';
import type { ShardsAnswer, ShardsTask } from './shards-task';

export interface ShardsBenchOptions {
  readonly pictures: number;
  /** Side, pixels. */
  readonly size: number;
  readonly rounds: number;
  readonly against: 'webdataset' | null;
  /** Of each task. Default 1. */
  readonly leastSeconds?: number;
}

export interface ShardsBenchResult extends ShardsBenchOptions {
  readonly processor: string;
  readonly threads: number;
  /** Of the last minute, when the benchmark began and ended: others disturb the figures above about the number of threads. */
  readonly load: readonly [number, number];
  readonly versions: Readonly<Record<string, string>>;
  /** Of a picture as JPEG. */
  readonly meanBytes: number;
  readonly tasks: readonly ShardsTaskFigures[];
}

const LEAST_SECONDS = 1;
const SHARDS = 8;

interface ProgramCall {
  readonly words: readonly string[];
  readonly cwd?: string;
}
type Program = Readonly<Record<ShardsCompetitor, ProgramCall>>;

/**
 * Writes and reads shards, ours and in turn with it Python's webdataset and wids on the same files, each task in a process
 * of its own that warms up with an epoch first. On one core a process is held to it; on more, Python gets as many processes.
 * @throws WinnowError INTERNAL where a program fails or reads something else, ENGINE_UNAVAILABLE, INTERRUPTED
 */
export async function runShards(options: ShardsBenchOptions, io: CommandIo): Promise<ShardsBenchResult> {
  const cacheDir = defaultCacheDir(io.env);
  const python = options.against === null ? null : await pythonPrograms(SHARD_READERS, cacheDir, io);
  const startLoad = loadavg()[0] as number;
  const scratch = path.join(cacheDir, 'bench-runs');
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(path.join(scratch, 'shards-'));
  try {
    const pool = await makeShardsPool({ ...options, drawn: path.join(cacheDir, BENCH_IMAGES), target: folder }, io);
    const tasks = await inTurn(folder, { options, program: await programOf(python, cacheDir), io });
    return {
      ...options,
      processor: cpus()[0]?.model ?? 'unknown',
      threads: availableParallelism(),
      load: [startLoad, loadavg()[0] as number],
      versions: { webdataset: WEBDATASET_VERSION, wids: WIDS_VERSION, pillow: PILLOW_VERSION },
      meanBytes: Math.round(pool.lengths.reduce((sum, length) => sum + length, 0) / pool.lengths.length),
      tasks,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function programOf(python: string | null, cacheDir: string): Promise<Partial<Program>> {
  const script = (name: string): string => path.join(__dirname, name);
  const winnow = { words: [process.execPath, '-r', TYPESCRIPT_HOOK, script('shards-process.ts')] };
  if (python === null) return { winnow };
  const interpreter = path.join(python, 'python');
  const { command, args, cwd } = await isolatedPython([script('shards_bench.py')], { cacheDir, interpreter });
  const theirs = (name: string): ProgramCall => ({ words: [command, ...args, name], cwd });
  return { winnow, webdataset: theirs('webdataset'), wids: theirs('wids') };
}

interface Bench {
  readonly options: ShardsBenchOptions;
  readonly program: Partial<Program>;
  readonly io: CommandIo;
}

/** Coding takes a hundred times as long as reading. */
const CODED_SHARE = 8;

function tasksOf(folder: string, options: ShardsBenchOptions): readonly ShardsTask[] {
  const { pictures, leastSeconds = LEAST_SECONDS } = options;
  const taskOf = (
    action: ShardsTask['action'],
    pixels: boolean,
    { order, cores }: Pick<ShardsTask, 'order' | 'cores'>,
  ): ShardsTask => {
    const count = pixels ? Math.ceil(pictures / CODED_SHARE) : pictures;
    return {
      action,
      order,
      pixels,
      cores,
      folder: path.join(folder, action === 'write' ? 'written' : `read-${count}`),
      pool: folder,
      pictures: count,
      shardSamples: Math.ceil(count / SHARDS),
      leastSeconds,
    };
  };
  const coreCounts = availableParallelism() > 1 ? [1, 2] : [1];
  return [
    ...[false, true].map((pixels) => taskOf('write', pixels, { order: 'sequential', cores: 1 })),
    ...coreCounts.flatMap((cores) =>
      [false, true].flatMap((pixels) =>
        (['sequential', 'shuffled'] as const).map((order) => taskOf('read', pixels, { order, cores })),
      ),
    ),
  ];
}

/** What is read is written by us. */
async function writeWhatIsRead(tasks: readonly ShardsTask[], bench: Bench): Promise<void> {
  const folders = new Map(tasks.filter(({ action }) => action === 'read').map((task) => [task.folder, task]));
  for (const task of folders.values()) {
    await runTask('winnow', { ...task, action: 'write', order: 'sequential', pixels: false, leastSeconds: 0 }, bench);
  }
}

/** wids reads by place only, and writes nothing. */
function competitorsOf({ order }: ShardsTask, program: Partial<Program>): readonly ShardsCompetitor[] {
  const all: readonly ShardsCompetitor[] =
    order === 'shuffled' ? ['winnow', 'webdataset', 'wids'] : ['winnow', 'webdataset'];
  return all.filter((name) => program[name] !== undefined);
}

async function inTurn(folder: string, bench: Bench): Promise<readonly ShardsTaskFigures[]> {
  const { options, program, io } = bench;
  const tasks = tasksOf(folder, options);
  const answers = new Map<string, ShardsAnswer[]>();
  const total = options.rounds * tasks.reduce((sum, task) => sum + competitorsOf(task, program).length, 0);
  const shown = { label: 'shards', total, unit: 'runs' };
  await withProgress(io.progress, shown, async (progress) => {
    await writeWhatIsRead(tasks, bench);
    let done = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      for (const task of tasks) {
        const competitors = competitorsOf(task, program);
        for (const competitor of round % 2 === 0 ? competitors : [...competitors].reverse()) {
          const key = `${taskName(task)}, ${competitor}`;
          const answer = await runTask(competitor, task, bench);
          answers.set(key, [...(answers.get(key) ?? []), answer]);
          progress.update((done += 1), key);
        }
      }
    }
  });
  return tasks.map((task) => {
    const competitors = competitorsOf(task, program);
    const own = competitors.map((name) => shardsFigures(name, answers.get(`${taskName(task)}, ${name}`) ?? []));
    requireSame(
      task,
      own.flatMap(({ rounds }) => rounds),
    );
    return compareShards(task, own);
  });
}

async function runTask(competitor: ShardsCompetitor, task: ShardsTask, { program, io }: Bench): Promise<ShardsAnswer> {
  const { words = [], cwd } = program[competitor] ?? {};
  const own = [...words, JSON.stringify(task)];
  const [command, ...args] = (task.cores === 1 ? ['taskset', '-c', '0', ...own] : own) as [string, ...string[]];
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, signal: io.signal, env: { ...io.env } });
    return JSON.parse(stdout) as ShardsAnswer;
  } catch (error) {
    requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || (error as Error).message;
    throw new WinnowError('INTERNAL', `${competitor} failed to ${taskName(task)}: ${said}`, {
      next: 'Run the benchmark again with --debug. It needs the program taskset.',
      cause: error,
    });
  }
}

/** Figures count only where all read the same: encoders of their own may differ in bytes. */
function requireSame(task: ShardsTask, answers: readonly ShardsAnswer[]): void {
  const isEncoded = task.action === 'write' && task.pixels;
  const read = new Set(answers.map(({ labels, pictureBytes }) => `${labels} ${isEncoded ? '' : pictureBytes}`));
  if (read.size <= 1) return;
  throw new WinnowError('INTERNAL', `Not all did the same: ${taskName(task)}`, {
    next: 'The comparison would not be fair. Run the benchmark again with --debug.',
  });
}
