import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { indexRows, layOutLandmarks, placeAmong, selectRows } from '@winnow/noise';
import type { SplitFeatures } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { knownFeatures } from '@winnow/trainer/bench';
import { machine, timed } from '../harness/figures';
import type { Cost } from '../harness/figures';
import { pythonWith } from '../harness/python-environment';
import { UMAP } from '../harness/python-environments';
import { runJson } from '../harness/run-json';
import { layoutJudge } from './layout-quality';
import type { LayoutQuality } from './layout-quality';

/** The axes are scikit-learn's, which umap-learn brings. */
const PEERS = ['principal-axes', 'umap-learn'] as const;

export interface LayoutBenchmarkOptions {
  /** Folder of a world. */
  readonly source: string;
  readonly landmarks: readonly number[];
  /** Images whose neighbours are compared. */
  readonly rows: number;
  readonly against: 'umap-learn' | null;
  readonly engine: 'auto' | 'tensorflow' | 'wasm' | 'cpu';
}

interface LayoutFigures extends LayoutQuality, Cost {
  readonly layout: string;
  /** Images that the descent moved; all others are placed among them. */
  readonly landmarks: number;
}

export interface LayoutBenchmarkResult {
  readonly world: string;
  readonly images: number;
  readonly features: number;
  readonly processor: string;
  readonly threads: number;
  readonly layouts: readonly LayoutFigures[];
}

/** Lays a world's pool out by its teacher's features, each way once. @throws WinnowError as knownFeatures and pythonWith */
export async function runLayout(options: LayoutBenchmarkOptions, io: CommandIo): Promise<LayoutBenchmarkResult> {
  const { source, rows, landmarks, against, engine } = options;
  const { world, features, truth } = await knownFeatures(source, engine, io);
  const judge = layoutJudge({ features, truth }, rows);
  const layouts: LayoutFigures[] = [];
  const add = (layout: string, count: number, places: Float32Array, cost: Cost): void => {
    layouts.push({ layout, landmarks: count, ...judge(places), ...cost });
    io.log(JSON.stringify(layouts.at(-1)));
  };
  for (const most of [...new Set(landmarks.map((count) => Math.min(count, truth.length)))]) {
    const { result, cost } = await timed(() => layOut(features, most));
    add('winnow', most, result, cost);
  }
  for (const peer of against === null ? [] : PEERS) {
    const { places, ...cost } = await layOutByPython(features, peer, io);
    add(peer, truth.length, places, cost);
  }
  return { world, images: truth.length, features: features.dim, ...machine(), layouts };
}

/** As `winnow embed --layout` does it, in this thread. @returns [count, 2] */
function layOut(features: SplitFeatures, landmarks: number): Float32Array {
  const count = features.values.length / features.dim;
  const order = new SeededRandom('layout').fork('landmarks').permutation(count);
  const [own, others] = [order.slice(0, landmarks).sort(), order.slice(landmarks).sort()];
  const layout = layOutLandmarks(rowsOf(features, own), 'layout');
  const places = new Float32Array(2 * count);
  indexRows(places, layout.places, { rows: own, width: 2 });
  if (others.length > 0) {
    indexRows(places, placeAmong(layout, rowsOf(features, others)), { rows: others, width: 2 });
  }
  return places;
}

function rowsOf({ values, dim }: SplitFeatures, rows: Int32Array): SplitFeatures {
  return { values: selectRows(values, rows, dim), dim };
}

/** Cost is that of its fit, after what it compiles on first use. */
async function layOutByPython(
  features: SplitFeatures,
  peer: (typeof PEERS)[number],
  io: CommandIo,
): Promise<Cost & { readonly places: Float32Array }> {
  const python = await pythonWith(UMAP, io);
  const folder = await mkdtemp(path.join(tmpdir(), 'winnow-layout-'));
  try {
    const [input, output] = [path.join(folder, 'features.f32'), path.join(folder, 'places.f32')];
    const { values, dim } = features;
    await writeFile(input, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const call = await python.call([
      path.join(__dirname, 'umap-layout.py'),
      '--by',
      peer,
      '--dim',
      String(dim),
      input,
      output,
    ]);
    const cost = await runJson<Cost>(call, { signal: io.signal });
    const bytes = await readFile(output);
    return { ...cost, places: new Float32Array(new Uint8Array(bytes).buffer) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
