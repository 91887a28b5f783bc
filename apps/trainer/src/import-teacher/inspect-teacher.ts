import type { TensorLayout } from '@winnow/contracts';
import type { DeclaredTensor, ExternalDescription, ExternalSource } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';

type TensorRole = 'logits' | 'probabilities' | 'pooled features' | 'feature map';

/** A tensor of a model, and what it looks like. */
export interface InspectedTensor {
  readonly name: string;
  readonly type: string;
  /** Of the trial run where there was one, else as declared. */
  readonly shape: readonly (number | null)[];
  readonly role: TensorRole | null;
  /** False for a tensor within the graph, which can be named as an output. */
  readonly isOutput: boolean;
}

/** What a model's file says, and what it does with noise. */
export interface Inspection extends Omit<ExternalDescription, 'outputs' | 'teacherOutputs'> {
  readonly outputs: readonly InspectedTensor[];
  readonly layout: TensorLayout | null;
  /** Side of the input, pixels. */
  readonly size: number | null;
  readonly classCount: number | null;
  readonly logits: string | null;
  /** `logits` names an output after a softmax. */
  readonly isProbabilities: boolean;
  readonly features: string | null;
  readonly featureMap: string | null;
  readonly featureMapLayout: TensorLayout | null;
  /** Why the trial run failed; null where it did not. */
  readonly failure: string | null;
}

interface Measured {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const FLOATS = ['float32', 'float16'];
/** Where a file leaves it open: what most are made for. */
const USUAL_SIZE = 224;
const SUM_TOLERANCE = 1e-2;
/** 64 images of 512 px take less; a file may declare any batch and side. */
const MAX_TRIAL_VALUES = 2 ** 26;

/**
 * Reads what a model says of itself and tries it on noise, as far as it can be tried. An engine must be running.
 * @param given layout and size that a person says, where the file leaves them open
 */
export async function inspectTeacher(
  source: ExternalSource,
  given: { readonly layout?: TensorLayout | undefined; readonly size?: number | undefined } = {},
): Promise<Inspection> {
  const { outputs, teacherOutputs, ...description } = source.describe();
  const [input] = description.inputs;
  const declared = inputAxes(input?.shape ?? []);
  const layout = given.layout ?? declared.layout;
  const size = given.size ?? declared.size;
  const floats = outputs.filter(({ type }) => FLOATS.includes(type)).map(({ name }) => name);
  const named = Object.values(teacherOutputs).filter((name) => name !== null);
  const names = [...new Set([...floats, ...named])];
  const batch = input?.shape[0] ?? 2;
  const side = size ?? USUAL_SIZE;
  const trial = await tryOnNoise(source, names, layout === 'nhwc' ? [batch, side, side, 3] : [batch, 3, side, side]);
  const roles = rolesOf(trial.measured, { floats, found: teacherOutputs, batch });
  return {
    ...description,
    outputs: describeTensors(outputs, names, { roles, measured: trial.measured }),
    ...{ layout, size },
    ...nameRoles(roles, trial.measured, { batch, layout }),
    failure: trial.failure,
  };
}

type NamedRoles = Pick<
  Inspection,
  'logits' | 'isProbabilities' | 'classCount' | 'features' | 'featureMap' | 'featureMapLayout'
>;

function nameRoles(
  roles: ReadonlyMap<string, TensorRole>,
  measured: Trial['measured'],
  { batch, layout }: { readonly batch: number; readonly layout: TensorLayout | null },
): NamedRoles {
  const nameOf = (role: TensorRole): string | null => [...roles].find(([, found]) => found === role)?.[0] ?? null;
  const [logits, probabilities, featureMap] = [nameOf('logits'), nameOf('probabilities'), nameOf('feature map')];
  const scores = measured.get(logits ?? probabilities ?? '');
  return {
    ...{ logits: logits ?? probabilities, isProbabilities: logits === null && probabilities !== null },
    classCount: scores === undefined ? null : rowLength(scores.shape, batch),
    ...{ features: nameOf('pooled features'), featureMap },
    featureMapLayout: featureMap === null ? null : mapLayout(measured.get(featureMap)?.shape ?? [], layout),
  };
}

function describeTensors(
  outputs: readonly DeclaredTensor[],
  names: readonly string[],
  { roles, measured }: { readonly roles: ReadonlyMap<string, TensorRole>; readonly measured: Trial['measured'] },
): InspectedTensor[] {
  const within = names.filter((name) => roles.has(name) && !outputs.some((output) => output.name === name));
  const rest = within.map((name) => ({ name, type: 'float32', shape: [] as (number | null)[] }));
  return [...outputs, ...rest].map(({ name, type, shape }, index) => ({
    ...{ name, type, shape: measured.get(name)?.shape ?? shape },
    ...{ role: roles.get(name) ?? null, isOutput: index < outputs.length },
  }));
}

interface Trial {
  readonly measured: ReadonlyMap<string, Measured>;
  readonly failure: string | null;
}

async function tryOnNoise(
  source: ExternalSource,
  names: readonly string[],
  shape: [number, number, number, number],
): Promise<Trial> {
  if (names.length === 0) return { measured: new Map(), failure: 'it names no outputs of floats' };
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > MAX_TRIAL_VALUES) {
    return { measured: new Map(), failure: `its input of [${shape.join(', ')}] is too large to be tried` };
  }
  try {
    const runner = await source.probe(names);
    try {
      const random = new SeededRandom(1);
      const values = Float32Array.from({ length: count }, () => random.normal());
      const entries = tf.tidy(
        () =>
          runner
            .run(tf.tensor4d(values, shape))
            .map((tensor, index): [string, Measured] => [
              names[index] as string,
              { shape: tensor.shape, values: (tensor.dataSync() as Float32Array).slice() },
            ]) as never,
      ) as [string, Measured][];
      return { measured: new Map(entries), failure: null };
    } finally {
      runner.dispose();
    }
  } catch (error) {
    return { measured: new Map(), failure: error instanceof Error ? error.message : String(error) };
  }
}

/** What the graph says of its tensors, where their shapes on noise agree; else what the shapes of outputs say. */
function rolesOf(
  measured: Trial['measured'],
  about: {
    readonly floats: readonly string[];
    readonly found: ExternalDescription['teacherOutputs'];
    readonly batch: number;
  },
): ReadonlyMap<string, TensorRole> {
  const { floats, found, batch } = about;
  const roles = new Map<string, TensorRole>();
  const isRow = (name: string): boolean => (rowLength(measured.get(name)?.shape ?? [], batch) ?? 0) >= 2;
  const isMap = (name: string): boolean => mapLayout(measured.get(name)?.shape ?? [], null) !== null;
  const give = (role: TensorRole, name: string | null, fits: (name: string) => boolean): void => {
    if (name !== null && !roles.has(name) && fits(name)) roles.set(name, role);
  };
  const scores = found.logits ?? found.probabilities ?? floats.find(isRow) ?? null;
  for (const name of [scores, found.probabilities, ...floats.filter(isRow)]) {
    give('probabilities', name, (each) => isRow(each) && holdsProbabilities(measured.get(each) as Measured, batch));
  }
  give('logits', scores, isRow);
  give('pooled features', found.features, isRow);
  give('feature map', found.featureMap, isMap);
  return roles;
}

function holdsProbabilities({ values }: Measured, batch: number): boolean {
  const length = values.length / batch;
  return Array.from({ length: batch }, (_, row) => values.subarray(row * length, (row + 1) * length)).every(
    (row) =>
      row.every((value) => value >= 0 && value <= 1) &&
      Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < SUM_TOLERANCE,
  );
}

/** Of [batch, n], also of [batch, n, 1, 1] and [batch, 1, 1, n]; null for other shapes. */
function rowLength([first, ...axes]: readonly number[], batch: number): number | null {
  const wide = axes.filter((size) => size !== 1);
  return first === batch && axes.length > 0 && wide.length <= 1 ? (wide[0] ?? 1) : null;
}

/** Null for what is no map of channels by side by side. @param otherwise where it could be either */
function mapLayout(shape: readonly number[], otherwise: TensorLayout | null): TensorLayout | null {
  const [, a, b, c] = shape;
  if (shape.length !== 4 || b === undefined || b < 2) return null;
  if (a === b && b === c) return otherwise ?? 'nchw';
  return b === c ? 'nchw' : a === b ? 'nhwc' : null;
}

/**
 * Axes and side of a model's input, as far as its declared shape leaves no doubt: three channels and a square.
 * @param shape batch first, null where a size is open
 */
export function inputAxes(shape: readonly (number | null)[]): {
  readonly layout: TensorLayout | null;
  /** Pixels. */
  readonly size: number | null;
} {
  if (shape.length !== 4) return { layout: null, size: null };
  const [, a, b, c] = shape as [number | null, number | null, number | null, number | null];
  const [first, last] = [a === 3 && b === c, c === 3 && a === b];
  if (first === last) return { layout: null, size: null };
  return first ? { layout: 'nchw', size: b } : { layout: 'nhwc', size: b };
}
