import { WinnowError } from '@winnow/contracts';
import { type BatchNormParameters, tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/layer-parameters';
import { MODEL_NAMES, modelShape, outlineModel, type PlainModelName } from '../create-model';
import type { Model } from '../model';
import type { LaidOut } from '../weights/torch-layout';
import { layoutOf, type LaidConvolution } from './model-layout';
import type { SourceConvolution, SourceLayer, SourceNorm } from './source-layers';

/** A network of ours with the weights of a graph from elsewhere. */
export interface AdoptedModel {
  /** To be disposed of. */
  readonly model: Model;
  /** Normalisations that were folded there: they leave what they normalise as it is but for the bias. */
  readonly folded: readonly BatchNormParameters[];
  /** False: the graph has none; the model's, of one class, says nothing. */
  readonly hasClassifier: boolean;
}

interface NormedConvolution {
  readonly layer: SourceConvolution & { readonly output: string };
  readonly norm: SourceNorm | null;
}

/** A graph as far as its weights go. */
interface Skeleton {
  readonly convolutions: readonly NormedConvolution[];
  readonly classifier: {
    readonly weight: Float32Array;
    readonly bias: Float32Array;
    readonly classCount: number;
  } | null;
  readonly activations: ReadonlyMap<string, number>;
  readonly additions: number;
}

/**
 * The architecture of a graph, found by its convolutions (number, shapes and strides), activations and sums, with its
 * weights. An engine must be running.
 * @param named the architecture; default: the one that fits
 * @throws WinnowError FORMAT_INVALID for a graph of none of our architectures
 */
export function adoptLayers(
  layers: readonly SourceLayer[],
  { where, named }: { readonly where: string; readonly named?: PlainModelName | undefined },
): AdoptedModel {
  const skeleton = skeletonOf(layers, where);
  const reasons: string[] = [];
  for (const name of named === undefined ? MODEL_NAMES : [named]) {
    const reason = filterMismatch(name, skeleton);
    if (reason !== null) {
      reasons.push(reason);
      continue;
    }
    const found = adopt(name, skeleton);
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  const [reason = ''] = reasons.sort((a, b) => Number(isFilterMismatch(a)) - Number(isFilterMismatch(b)));
  const isNamed = named !== undefined || !isFilterMismatch(reason);
  throw new WinnowError(
    'FORMAT_INVALID',
    isNamed ? `The graph is not of ${reason}` : 'The graph is of none of the architectures of winnow',
    {
      where: `${where}, ${skeleton.convolutions.length} convolutions`,
      next: 'winnow models lists the architectures. Any network can be a teacher: winnow teacher import.',
    },
  );
}

const FILTERS = 'its filters have other shapes';

function isFilterMismatch(reason: string): boolean {
  return reason.endsWith(FILTERS);
}

/** Cheap: without making the network. Null where the filters are the same. */
function filterMismatch(name: PlainModelName, { convolutions }: Skeleton): string | null {
  const { parameters } = modelShape(name);
  const ours = [...parameters.values()].filter(({ shape }) => shape.length === 4).map(({ shape }) => shape.join());
  const theirs = convolutions.map(({ layer }) => layer.filter.shape.join());
  return ours.sort().join(' ') === theirs.sort().join(' ') ? null : `${name}: ${FILTERS}`;
}

function skeletonOf(layers: readonly SourceLayer[], where: string): Skeleton {
  const ofKind = <K extends SourceLayer['kind']>(kind: K) =>
    layers.filter((layer): layer is Extract<SourceLayer, { kind: K }> => layer.kind === kind);
  const norms = new Map(ofKind('normalisation').map((layer) => [layer.inputs[0] ?? '', layer]));
  const convolutions = ofKind('convolution').map((layer) => ({ layer, norm: norms.get(layer.output) ?? null }));
  const outputs = new Set(convolutions.map(({ layer }) => layer.output));
  const stray = [...norms.keys()].find((input) => !outputs.has(input));
  if (stray !== undefined) throw none('It has a normalisation that follows no convolution', where);
  const activations = new Map<string, number>();
  for (const { activation } of ofKind('activation')) {
    activations.set(activation, (activations.get(activation) ?? 0) + 1);
  }
  const [linear, second] = ofKind('linear');
  if (second !== undefined) throw none('It has several linear layers', where);
  const rest = { activations, additions: ofKind('add').length };
  if (linear !== undefined) return { ...rest, convolutions, classifier: classifierOf(linear.weight, linear.bias) };
  // Some classify by a convolution over the one place that is left.
  const last = convolutions.at(-1);
  if (last === undefined || !isClassifier(last, layers)) return { ...rest, convolutions, classifier: null };
  const { filter, bias } = last.layer;
  return { ...rest, convolutions: convolutions.slice(0, -1), classifier: classifierOf(filter, bias) };
}

/** @param weight its last axis is that of the classes */
function classifierOf({ shape, data }: LaidOut, bias: Float32Array | null): NonNullable<Skeleton['classifier']> {
  const classCount = shape.at(-1) ?? 0;
  return { weight: data, bias: bias ?? new Float32Array(classCount), classCount };
}

/** 1x1 with a bias, and nothing is done with what it gives. */
function isClassifier({ layer, norm }: NormedConvolution, layers: readonly SourceLayer[]): boolean {
  const [height, width] = layer.filter.shape;
  const isFollowed = layers.some(({ kind, inputs }) => kind !== 'passed over' && inputs.includes(layer.output));
  return norm === null && layer.bias !== null && height === 1 && width === 1 && !layer.depthwise && !isFollowed;
}

/** @returns why it is not of this architecture */
function adopt(name: PlainModelName, skeleton: Skeleton): AdoptedModel | string {
  const { classifier, activations, additions, convolutions } = skeleton;
  const model = outlineModel(name, classifier?.classCount ?? 1);
  const refused = (reason: string): string => {
    model.dispose();
    return `${name}: ${reason}`;
  };
  const layout = layoutOf(model);
  const shown = (counts: ReadonlyMap<string, number>) => [...counts].map(([one, count]) => `${count} ${one}`).sort().join(', '); // prettier-ignore
  if (shown(layout.activations) !== shown(activations)) {
    return refused(`it has ${shown(activations) || 'no activations'}, not ${shown(layout.activations)}`);
  }
  if (layout.additions !== additions) return refused(`it has ${additions} sums, not ${layout.additions}`);
  const pairs = pairUp(layout.convolutions, convolutions);
  if (typeof pairs === 'string') return refused(pairs);
  if (classifier !== null && classifier.weight.length !== model.featureDim * classifier.classCount) {
    return refused(`its classifier does not take ${model.featureDim} features`);
  }
  tf.tidy(() => {
    for (const [ours, theirs] of pairs) assign(ours, theirs);
    if (classifier === null) return;
    const { weight, bias, classCount } = classifier;
    model.parameters.get(`${model.classifierName}.weight`)?.assign(tf.tensor(weight, [model.featureDim, classCount]));
    model.parameters.get(`${model.classifierName}.bias`)?.assign(tf.tensor(bias));
  });
  const folded = pairs.flatMap(([{ norm }, theirs]) => (norm !== null && theirs.norm === null ? [norm] : []));
  return { model, folded, hasClassifier: classifier !== null };
}

type Pair = readonly [LaidConvolution, NormedConvolution];

/** Each of ours with the first of theirs that is left and fits: branches of a block may come in another order. */
function pairUp(ours: readonly LaidConvolution[], theirs: readonly NormedConvolution[]): readonly Pair[] | string {
  const left = [...theirs];
  const pairs: Pair[] = [];
  for (const own of ours) {
    const { filter, stride, depthwise = false } = own.convolution;
    const at = left.findIndex(
      ({ layer }) =>
        layer.filter.shape.join() === filter.shape.join() && layer.depthwise === depthwise && layer.stride === stride,
    );
    if (at < 0) return `no convolution left of [${filter.shape.join(', ')}] and stride ${stride}`;
    pairs.push([own, left.splice(at, 1)[0] as NormedConvolution]);
  }
  return pairs;
}

function assign({ convolution, norm }: LaidConvolution, { layer, norm: theirs }: NormedConvolution): void {
  const { filter, bias } = layer;
  convolution.filter.assign(tf.tensor(filter.data, convolution.filter.shape));
  if (norm === null) {
    if (convolution.bias && bias) convolution.bias.assign(tf.tensor1d(bias));
    return;
  }
  const epsilon = epsilonOf(norm);
  const channels = norm.runningMean.size;
  const offset = bias ?? new Float32Array(channels);
  // Without a norm there: one that changes nothing but the bias, until statistics are measured.
  const source = theirs ?? {
    gamma: new Float32Array(channels).fill(1),
    beta: offset,
    mean: offset,
    variance: new Float32Array(channels).fill(1),
    epsilon: 0,
  };
  // The same function with our epsilon.
  const gamma = source.gamma.map((value, at) => {
    const variance = source.variance[at] as number;
    return value * Math.sqrt((variance + epsilon) / (variance + source.epsilon));
  });
  (norm.gamma as tf.Variable).assign(tf.tensor1d(gamma));
  (norm.beta as tf.Variable).assign(tf.tensor1d(source.beta));
  norm.runningMean.assign(tf.tensor1d(source.mean.map((value, at) => value - (offset[at] as number))));
  norm.runningVariance.assign(tf.tensor1d(source.variance));
}

function none(message: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `${message}: the graph is of none of the architectures of winnow`, {
    where,
    next: 'Any network can be a teacher: `winnow teacher import`.',
  });
}
