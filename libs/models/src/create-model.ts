import { MODEL_NAMES, WinnowError } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import type { Architecture } from './architectures/architecture';
import { efficientNetworkB0 } from './architectures/efficient-network';
import { mobileNetworkV1 } from './architectures/mobile-network-v1';
import { mobileNetworkV2 } from './architectures/mobile-network-v2';
import { LARGE_ROWS, mobileNetworkV3, SMALL_ROWS } from './architectures/mobile-network-v3';
import { convNext } from './architectures/conv-next';
import type { Model, ModelOptions } from './model';
import { network } from './architectures/network';
import { ParameterStore, ShapeStore } from './architectures/parameter-store';
import { residualNetwork } from './architectures/residual-network';
import { visionTransformer } from './architectures/vision-transformer';
import { wideResidualNetwork } from './architectures/wide-residual-network';
import { withProjector } from './architectures/with-projector';

/** The narrow networks of He et al., section 4.2: depth 6n + 2. */
const narrow = (depth: number): Architecture =>
  residualNetwork({
    name: `resnet${depth}`,
    blocks: [1, 2, 3].map(() => (depth - 2) / 6),
    widths: [16, 32, 64],
    stem: 'cifar',
    shortcut: 'shortcut',
  });

/** The networks of He et al., table 1, as they are or with a stem for small images. */
const broad = (depth: 18 | 34 | 50, stem: 'cifar' | 'imagenet'): Architecture =>
  residualNetwork({
    name: stem === 'cifar' ? `resnet${depth}-cifar` : `resnet${depth}`,
    blocks: depth === 18 ? [2, 2, 2, 2] : [3, 4, 6, 3],
    widths: [64, 128, 256, 512],
    stem,
    shortcut: 'downsample',
    block: depth === 50 ? 'bottleneck' : 'basic',
  });

/** A basic block in each of the four stages of He et al., table 1, half their channels: 7 x 7 at the end of 224 px. */
const resnet10Half = residualNetwork({
  name: 'resnet10-half',
  blocks: [1, 1, 1, 1],
  widths: [32, 64, 128, 256],
  stem: 'imagenet',
  shortcut: 'downsample',
});

/** timm's smallest ConvNeXts. @param width channels of the first stage */
const convNextSmall = (name: string, width: number): Architecture =>
  convNext({ name, blocks: [2, 2, 6, 2], widths: [1, 2, 4, 8].map((factor) => factor * width) });

/** Architectures by name; to add one, add a line. */
export const MODELS = {
  resnet8: narrow(8),
  resnet20: narrow(20),
  resnet32: narrow(32),
  resnet56: narrow(56),
  resnet110: narrow(110),
  'wrn-16-1': wideResidualNetwork(16, 1),
  'wrn-16-2': wideResidualNetwork(16, 2),
  'wrn-40-1': wideResidualNetwork(40, 1),
  'wrn-40-2': wideResidualNetwork(40, 2),
  'resnet18-cifar': broad(18, 'cifar'),
  'resnet34-cifar': broad(34, 'cifar'),
  'mobilenetv2-cifar': mobileNetworkV2({ name: 'mobilenetv2-cifar', imageSize: 32, stemStride: 1, secondStride: 1 }),
  'resnet10-half': resnet10Half,
  resnet18: broad(18, 'imagenet'),
  resnet34: broad(34, 'imagenet'),
  resnet50: broad(50, 'imagenet'),
  'convnext-atto': convNextSmall('convnext-atto', 40),
  'convnext-femto': convNextSmall('convnext-femto', 48),
  'vit-tiny': visionTransformer({ name: 'vit-tiny', width: 192, depth: 12, heads: 3 }),
  mobilenetv2: mobileNetworkV2({ name: 'mobilenetv2', imageSize: 224, stemStride: 2, secondStride: 2 }),
  'mobilenetv1-025': mobileNetworkV1('mobilenetv1-025', 0.25),
  'mobilenetv1-05': mobileNetworkV1('mobilenetv1-05', 0.5),
  mobilenetv1: mobileNetworkV1('mobilenetv1', 1),
  'mobilenetv3-small': mobileNetworkV3({ name: 'mobilenetv3-small', rows: SMALL_ROWS, hiddenDim: 1024 }),
  'mobilenetv3-large': mobileNetworkV3({ name: 'mobilenetv3-large', rows: LARGE_ROWS, hiddenDim: 1280 }),
  'efficientnet-b0': efficientNetworkB0,
} as const satisfies Record<(typeof MODEL_NAMES)[number], Architecture>;

export { MODEL_NAMES };

/** Networks without additions. */
export type PlainModelName = keyof typeof MODELS;

/** `+projector-D`: with a projector to D channels before the pool, which a method has added. */
export type ModelName = PlainModelName | `${PlainModelName}+projector-${number}`;

/** A projector holds some 9/4 D^2 weights; a name in a file may ask for anything. */
const WIDEST_PROJECTOR = 4096;

/**
 * A network with fresh weights, the same for the same seed.
 * @throws WinnowError CONFIG_INVALID for a name that is not in MODELS or fewer than one class
 */
export function createModel(name: ModelName, { classCount, seed }: ModelOptions): Model {
  return buildModel(name, classCount, (plain) => new SeededRandom(seed).fork('weights', plain));
}

/** A network whose weights are yet to be loaded: those that createModel would draw are zero. Quicker than createModel. */
export function outlineModel(name: ModelName, classCount: number): Model {
  return buildModel(name, classCount, () => null);
}

/** Names and shapes of a network of one class, without values and without an engine. */
export type ModelShape = Pick<Model, 'name' | 'parameters' | 'depthwiseNames' | 'classifierName'>;

/** @throws WinnowError CONFIG_INVALID as createModel */
export function modelShape(name: ModelName): ModelShape {
  return network(architectureNamed(name), new ShapeStore(), 1);
}

/** True for a name in MODELS, with or without a projector. */
export function isModelName(name: string): name is ModelName {
  return readModelName(name) !== null;
}

/**
 * The definition behind a name.
 * @throws WinnowError CONFIG_INVALID for a name that is not in MODELS
 */
export function architectureNamed(name: ModelName): Architecture {
  const { plain, projectorDim } = knownName(name);
  return projectorDim === null ? MODELS[plain] : withProjector(MODELS[plain], projectorDim);
}

/**
 * The name of a network with a projector to so many channels; one that it has already is replaced.
 * @throws WinnowError CONFIG_INVALID for a name that is not in MODELS, or more channels than projectors may have
 */
export function projectedName(name: ModelName, featureDim: number): ModelName {
  const projected = `${knownName(name).plain}+projector-${featureDim}` as const;
  if (isModelName(projected)) return projected;
  throw new WinnowError('CONFIG_INVALID', `a projector cannot have ${featureDim} channels`, {
    where: name,
    next: `Choose a teacher with 1 to ${WIDEST_PROJECTOR} features.`,
  });
}

/** @param random takes the name without additions: they do not change the weights of the rest */
function buildModel(
  name: ModelName,
  classCount: number,
  random: (plain: PlainModelName) => SeededRandom | null,
): Model {
  const architecture = architectureNamed(name);
  if (!Number.isInteger(classCount) || classCount < 1) {
    throw new WinnowError('CONFIG_INVALID', `a model cannot have ${classCount} classes`, {
      where: name,
      next: 'Give one class or more.',
    });
  }
  return network(architecture, new ParameterStore(random(knownName(name).plain)), classCount);
}

interface ReadName {
  readonly plain: PlainModelName;
  readonly projectorDim: number | null;
}

function knownName(name: string): ReadName {
  const read = readModelName(name);
  if (read !== null) return read;
  throw new WinnowError('CONFIG_INVALID', `there is no model ${JSON.stringify(name)}`, {
    next: `Choose one of ${MODEL_NAMES.join(', ')}.`,
  });
}

function readModelName(name: string): ReadName | null {
  const [, plain = '', digits] = /^([^+]*)(?:\+projector-([1-9]\d{0,3}))?$/.exec(name) ?? [];
  if (!Object.hasOwn(MODELS, plain)) return null;
  const projectorDim = digits === undefined ? null : Number(digits);
  return projectorDim !== null && projectorDim > WIDEST_PROJECTOR
    ? null
    : { plain: plain as PlainModelName, projectorDim };
}
