import { mkdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { writeFileAtomic } from '@winnow/files';
import { outlineModel } from '@winnow/models';
import type { ModelName } from '@winnow/models';
import { tf } from '@winnow/tensor';
import type { EngineInfo } from '@winnow/tensor';
import { foldModel } from '@winnow/training';
import { version } from '../../package.json';

/** Milliseconds an image of inference, on this machine. */
export interface ModelMillis {
  /** One image at a time. */
  readonly batch1: number;
  /** Sixteen at a time. */
  readonly batch16: number;
}

/** An architecture at a size of images. */
export interface TimedModel {
  readonly name: ModelName;
  readonly size: number;
}

const FILE = 'model-millis.json';
const BATCH = 16;
/** A pass that takes longer is not repeated. */
const LONG_MILLIS = 5000;
/** Passes are repeated for about that long, each size of batch. */
const BUDGET_MILLIS = 400;
const MAX_PASSES = 50;

/**
 * Times each on the engine that runs; what was timed before on this machine, engine and version is read from the cache.
 * Some 1 to 3 s an architecture of 224 px.
 * @returns in the order of `models`
 * @throws WinnowError INTERRUPTED; FILE_NOT_WRITABLE, DISK_FULL for the cache
 */
export async function timeModels(
  models: readonly TimedModel[],
  { engine, cacheDir, io }: { readonly engine: EngineInfo; readonly cacheDir: string; readonly io: CommandIo },
): Promise<readonly ModelMillis[]> {
  const file = path.join(cacheDir, FILE);
  const known = await readMillis(file);
  const keyOf = ({ name, size }: TimedModel): string => [machineKey(engine), name, size].join(' | ');
  const missing = models.filter((model) => known[keyOf(model)] === undefined);
  const shown = { label: 'time', total: missing.length, unit: 'models' };
  await withProgress(missing.length === 0 ? undefined : io.progress, shown, async (task) => {
    for (const [index, model] of missing.entries()) {
      requireUninterrupted(io.signal, 'Stopped while timing');
      known[keyOf(model)] = timeModel(model);
      task.update(index + 1, model.name);
      await setImmediate();
    }
  });
  if (missing.length > 0) {
    await mkdir(cacheDir, { recursive: true });
    await writeFileAtomic(file, `${JSON.stringify(known, null, 1)}\n`);
  }
  return models.map((model) => known[keyOf(model)] as ModelMillis);
}

function machineKey(engine: EngineInfo): string {
  const [cpu] = cpus();
  return [cpu?.model ?? 'cpu', cpus().length, engine.name, engine.device, engine.version, version].join(' | ');
}

/** One that cannot be read is made anew. */
async function readMillis(file: string): Promise<Record<string, ModelMillis>> {
  try {
    const read = JSON.parse(await readFile(file, 'utf8')) as Record<string, ModelMillis> | null;
    return { ...read };
  } catch {
    return {};
  }
}

/** With weights of zero: what they are does not change the time. */
function timeModel({ name, size }: TimedModel): ModelMillis {
  const model = outlineModel(name, 10);
  const frozen = foldModel(model, { size, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] });
  const pass = (batch: number): number => {
    const startMillis = performance.now();
    tf.tidy(() => void frozen.outputs(tf.zeros([batch, size, size, 3])).logits.dataSync());
    return performance.now() - startMillis;
  };
  try {
    return { batch1: minMillis(() => pass(1)), batch16: minMillis(() => pass(BATCH)) / BATCH };
  } finally {
    frozen.dispose();
    model.dispose();
  }
}

/** The least: what else the machine does only adds. The first pass prepares what later ones find ready, and is not counted. */
function minMillis(pass: () => number): number {
  const first = pass();
  if (first > LONG_MILLIS) return first;
  const all: number[] = [];
  for (let sum = 0; sum < BUDGET_MILLIS && all.length < MAX_PASSES; sum += all.at(-1) as number) all.push(pass());
  return Math.min(...all);
}
