import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import { BENCH_IMAGES } from '../web/bench-web-process';
import { machine, mean } from '../harness/figures';
import { inTurn } from '../harness/in-turn';
import { pythonWith } from '../harness/python-environment';
import type { Python } from '../harness/python-environment';
import { SHARD_READERS, VERSIONS } from '../harness/python-environments';
import { runJson } from '../harness/run-json';
import type { ProgramCall } from '../harness/run-json';
import { TYPESCRIPT_HOOK } from '../harness/workspace';
import { compareShards, shardsFigures, taskName } from './shards-figures';
import type { ShardsCompetitor, ShardsTaskFigures } from './shards-figures';
import { makeShardsPool } from './shards-pool';
import type { ShardsReply, ShardsTask } from './shards-task';

export interface ShardsBenchOptions {
  readonly images: number;
  /** Side, pixels. */
  readonly size: number;
  readonly rounds: number;
  readonly against: 'webdataset' | null;
  /** Of each task. Default 1. */
  readonly minSeconds?: number;
}

export interface ShardsBenchResult extends ShardsBenchOptions {
  readonly processor: string;
  readonly threads: number;
  /** Of the last minute, when the benchmark began and ended: others disturb the figures above about the number of threads. */
  readonly load: readonly [number, number];
  readonly versions: Readonly<Record<string, string>>;
  /** Of an image as JPEG. */
  readonly meanBytes: number;
  readonly tasks: readonly ShardsTaskFigures[];
}

const MIN_SECONDS = 1;
const SHARDS = 8;

type Program = Readonly<Record<ShardsCompetitor, ProgramCall>>;

/**
 * Writes and reads shards, ours and in turn with it Python's webdataset and wids on the same files, each task in a process
 * of its own that warms up with an epoch first. On one core a process is held to it; on more, Python gets as many processes.
 * @throws WinnowError INTERNAL where a program fails or reads something else, ENGINE_UNAVAILABLE, INTERRUPTED
 */
export async function runShards(options: ShardsBenchOptions, io: CommandIo): Promise<ShardsBenchResult> {
  const cacheDir = defaultCacheDir(io.env);
  const python = options.against === null ? null : await pythonWith(SHARD_READERS, io);
  const startLoad = loadavg()[0] as number;
  const scratch = path.join(cacheDir, 'bench-runs');
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(path.join(scratch, 'shards-'));
  try {
    const pool = await makeShardsPool({ ...options, drawn: path.join(cacheDir, BENCH_IMAGES), target: folder }, io);
    const tasks = await measureTasks(folder, { options, program: await programOf(python), io });
    return {
      ...options,
      ...machine(),
      load: [startLoad, loadavg()[0] as number],
      versions: { webdataset: VERSIONS.webdataset, wids: VERSIONS.wids, pillow: VERSIONS.pillow },
      meanBytes: Math.round(mean(pool.lengths)),
      tasks,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function programOf(python: Python | null): Promise<Partial<Program>> {
  const script = (name: string): string => path.join(__dirname, name);
  const winnow = { command: process.execPath, args: ['-r', TYPESCRIPT_HOOK, script('shards-process.ts')] };
  if (python === null) return { winnow };
  const theirs = (name: string): Promise<ProgramCall> => python.call([script('shards.py'), name]);
  return { winnow, webdataset: await theirs('webdataset'), wids: await theirs('wids') };
}

interface Bench {
  readonly options: ShardsBenchOptions;
  readonly program: Partial<Program>;
  readonly io: CommandIo;
}

/** Coding takes a hundred times as long as reading. */
const CODED_FRACTION = 8;

function tasksOf(folder: string, options: ShardsBenchOptions): readonly ShardsTask[] {
  const { images, minSeconds = MIN_SECONDS } = options;
  const taskOf = (
    action: ShardsTask['action'],
    pixels: boolean,
    { order, cores }: Pick<ShardsTask, 'order' | 'cores'>,
  ): ShardsTask => {
    const count = pixels ? Math.ceil(images / CODED_FRACTION) : images;
    return {
      action,
      order,
      pixels,
      cores,
      folder: path.join(folder, action === 'write' ? 'written' : `read-${count}`),
      pool: folder,
      images: count,
      shardSamples: Math.ceil(count / SHARDS),
      minSeconds,
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
    await runTask('winnow', { ...task, action: 'write', order: 'sequential', pixels: false, minSeconds: 0 }, bench);
  }
}

/** wids reads by place only, and writes nothing. */
function competitorsOf({ order }: ShardsTask, program: Partial<Program>): readonly ShardsCompetitor[] {
  const all: readonly ShardsCompetitor[] =
    order === 'shuffled' ? ['winnow', 'webdataset', 'wids'] : ['winnow', 'webdataset'];
  return all.filter((name) => program[name] !== undefined);
}

async function measureTasks(folder: string, bench: Bench): Promise<readonly ShardsTaskFigures[]> {
  const tasks = tasksOf(folder, bench.options);
  await writeWhatIsRead(tasks, bench);
  const measured: ShardsTaskFigures[] = [];
  for (const task of tasks) {
    const names = competitorsOf(task, bench.program);
    const turns = { rounds: bench.options.rounds, label: taskName(task), io: bench.io };
    const rounds = await inTurn(names, turns, async (name) => ({
      result: await runTask(name, task, bench),
      say: name,
    }));
    requireSame(task, rounds.flat());
    measured.push(
      compareShards(
        task,
        names.map((name, index) => shardsFigures(name, rounds[index] ?? [])),
      ),
    );
  }
  return measured;
}

async function runTask(competitor: ShardsCompetitor, task: ShardsTask, { program, io }: Bench): Promise<ShardsReply> {
  const { command, args, ...place } = program[competitor] as ProgramCall;
  const own = [command, ...args, JSON.stringify(task)];
  // Needs the program taskset.
  const [first, ...rest] = (task.cores === 1 ? ['taskset', '-c', '0', ...own] : own) as [string, ...string[]];
  return runJson<ShardsReply>({ ...place, command: first, args: rest, env: io.env }, io);
}

/** Figures count only where all read the same: encoders of their own may differ in bytes. */
function requireSame(task: ShardsTask, replies: readonly ShardsReply[]): void {
  const isEncoded = task.action === 'write' && task.pixels;
  const read = new Set(replies.map(({ labels, imageBytes }) => `${labels} ${isEncoded ? '' : imageBytes}`));
  if (read.size <= 1) return;
  throw new WinnowError('INTERNAL', `Not all did the same: ${taskName(task)}`, {
    next: 'The comparison would not be fair. Run the benchmark again with --debug.',
  });
}
