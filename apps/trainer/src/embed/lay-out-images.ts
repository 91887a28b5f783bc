import { availableParallelism } from 'node:os';
import path from 'node:path';
import { layoutFile, writeLayout } from '@winnow/columns';
import { forEachAtOnce, withProgress, WinnowError } from '@winnow/contracts';
import type { CommandIo, ProgressTask } from '@winnow/contracts';
import { readEmbeddings } from '@winnow/db';
import { makeDurableFolder, ThreadPool } from '@winnow/files';
import { indexRows, inUnitSquare } from '@winnow/noise';
import type { LandmarkLayout, SplitFeatures } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { readDataset, readSamples } from '@winnow/shards';
import { requireBuild } from '../open-project';
import type { OpenProject } from '../open-project';

/** What a thread is asked for: to lay out landmarks, or to place others among them. */
export interface LayoutRequest {
  readonly features: SplitFeatures;
  readonly seed: string;
  readonly among: LandmarkLayout | null;
}
export type LayoutReply = LandmarkLayout | Float32Array;

/** How a data set was laid out. */
export interface LayoutResult {
  readonly build: string;
  readonly images: number;
  /** Those that the network has features of. */
  readonly placed: number;
  /** Of these, placed among others that they are like. */
  readonly interpolated: number;
}

export interface LayoutOptions {
  /** Id of the network whose features are meant. */
  readonly network: string;
  /** At most so many images are laid out by themselves; others are placed among them. */
  readonly landmarks?: number;
}

/** The descent of more takes minutes, and a screen has no place for more. */
const LANDMARKS = 20_000;
/** Images that are placed at once: 20 MB of a network with 512 features. */
const PAGE = 10_000;
const SEED = 'layout';

/**
 * Lays the images of the newest data set out by likeness and keeps that for the map of the studio (`layoutFile`). The same
 * features give the same layout.
 * @throws WinnowError MISSING_INPUT without a data set or features, INTERRUPTED
 */
export async function layOutImages(project: OpenProject, options: LayoutOptions): Promise<LayoutResult> {
  const { config, withDatabase, io } = project;
  const { network, landmarks = LANDMARKS } = options;
  const { id } = await requireBuild(project);
  const digests = await digestsOf(path.join(config.paths.builds, id));
  const places = new Float32Array(2 * digests.length).fill(NaN);
  const threads = openThreads(io);
  const readRows = (rows: Int32Array) => withDatabase((db) => featuresOf(rows, digests, (sorted) => readEmbeddings(db, network, sorted))); // prettier-ignore
  const put = (rows: Int32Array, found: Float32Array): void => indexRows(places, found, { rows, width: 2 });
  const order = new SeededRandom(SEED).fork('landmarks').permutation(digests.length);
  const work = async (task: ProgressTask): Promise<number> => {
    const chosen = await readRows(order.slice(0, landmarks).sort());
    if (chosen.rows.length === 0) throw noFeatures(project.file);
    const layout = (await threads.run({ features: chosen.features, seed: SEED, among: null })) as LandmarkLayout;
    put(chosen.rows, layout.places);
    let done = Math.min(landmarks, digests.length);
    task.update(done);
    const pages: Int32Array[] = [];
    for (let from = landmarks; from < order.length; from += PAGE) pages.push(order.slice(from, from + PAGE).sort());
    await forEachAtOnce(pages, { atOnce: availableParallelism(), signal: io.signal }, async (page) => {
      const { rows, features } = await readRows(page);
      if (rows.length > 0) put(rows, (await threads.run({ features, seed: SEED, among: layout })) as Float32Array);
      done += page.length;
      task.update(done);
    });
    return chosen.rows.length;
  };
  try {
    const count = await withProgress(io.progress, { label: 'layout', total: digests.length, unit: 'images' }, work);
    const placed = await keepLayout(layoutFile(config.paths.state, id), places, { id, network, landmarks: count });
    return { build: id, images: digests.length, placed, interpolated: placed - count };
  } finally {
    await threads.close();
  }
}

async function digestsOf(folder: string): Promise<readonly string[]> {
  const digests: string[] = [];
  for await (const { sha256 } of readSamples(folder, await readDataset(folder))) digests.push(sha256);
  return digests;
}

/** Features of those of the rows that have any. */
async function featuresOf(
  rows: Int32Array,
  digests: readonly string[],
  read: (sorted: readonly string[]) => ReturnType<typeof readEmbeddings>,
): Promise<{ readonly rows: Int32Array; readonly features: SplitFeatures }> {
  const found = await read([...new Set(Array.from(rows, (row) => digests[row] as string))].sort());
  const there = rows.filter((row) => found.has(digests[row] as string));
  const vectors = Array.from(there, (row) => found.get(digests[row] as string) as Float32Array);
  const dim = vectors[0]?.length ?? 0;
  const values = new Float32Array(there.length * dim);
  vectors.forEach((vector, at) => values.set(vector.subarray(0, dim), at * dim));
  return { rows: there, features: { values, dim } };
}

interface LayoutThreads {
  run(request: LayoutRequest): Promise<LayoutReply>;
  close(): Promise<void>;
}

/** Threads, so that a command can be stopped while they compute. */
function openThreads({ signal }: Pick<CommandIo, 'signal'>): LayoutThreads {
  const pool = new ThreadPool<LayoutRequest, LayoutReply>({
    file: path.join(__dirname, 'layout-thread.js'),
    threads: availableParallelism(),
    workerData: null,
  });
  const stopped = new WinnowError('INTERRUPTED', 'Stopped while images were laid out', {
    next: 'Run the same command again; it begins the layout anew.',
  });
  const stop = (): void => void pool.close(stopped);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    run: (request) => pool.run(request),
    async close() {
      signal.removeEventListener('abort', stop);
      await pool.close(stopped);
    },
  };
}

function noFeatures(file: string): WinnowError {
  return new WinnowError('MISSING_INPUT', 'No image of the newest data set has features of this network', {
    where: file,
    next: `Run \`winnow build ${file}\`, then this again.`,
  });
}

/** @param places NaN for images without one @returns how many have one */
async function keepLayout(
  file: string,
  places: Float32Array,
  { id, ...facts }: { readonly id: string; readonly network: string; readonly landmarks: number },
): Promise<number> {
  const rows = Int32Array.from({ length: places.length / 2 }, (_, row) => row).filter((row) => !Number.isNaN(places[2 * row])); // prettier-ignore
  const square = inUnitSquare(Float32Array.from({ length: 2 * rows.length }, (_, at) => places[2 * (rows[at >> 1] as number) + (at % 2)] as number)); // prettier-ignore
  const [xs, ys] = [new Float32Array(places.length / 2).fill(NaN), new Float32Array(places.length / 2).fill(NaN)];
  rows.forEach((row, at) => {
    xs[row] = square[2 * at] as number;
    ys[row] = square[2 * at + 1] as number;
  });
  await makeDurableFolder(path.dirname(file));
  await writeLayout(file, { count: xs.length, xs, ys, ...facts }, id);
  return rows.length;
}
