import { WinnowError } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import type { Architecture } from './architecture';
import { mobileNetworkV2 } from './mobile-network-v2';
import type { Model, ModelOptions } from './model';
import { ParameterStore } from './parameter-store';
import { residualNetwork } from './residual-network';
import { wideResidualNetwork } from './wide-residual-network';

/** The narrow networks of He et al., section 4.2: depth 6n + 2. */
const narrow = (depth: number): Architecture =>
  residualNetwork({
    name: `resnet${depth}`,
    blocks: [1, 2, 3].map(() => (depth - 2) / 6),
    widths: [16, 32, 64],
    stem: 'cifar',
    shortcut: 'shortcut',
  });

/** The networks of He et al., table 1, as they are or with a stem for small pictures. */
const broad = (depth: 18 | 34, stem: 'cifar' | 'imagenet'): Architecture =>
  residualNetwork({
    name: stem === 'cifar' ? `resnet${depth}-cifar` : `resnet${depth}`,
    blocks: depth === 18 ? [2, 2, 2, 2] : [3, 4, 6, 3],
    widths: [64, 128, 256, 512],
    stem,
    shortcut: 'downsample',
  });

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
  resnet18: broad(18, 'imagenet'),
  resnet34: broad(34, 'imagenet'),
  mobilenetv2: mobileNetworkV2({ name: 'mobilenetv2', imageSize: 224, stemStride: 2, secondStride: 2 }),
} as const satisfies Record<string, Architecture>;

export type ModelName = keyof typeof MODELS;

export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/**
 * A network with fresh weights, the same for the same seed.
 * @throws WinnowError CONFIG_INVALID for a name that is not in MODELS or fewer than one class
 */
export function createModel(name: ModelName, { classCount, seed }: ModelOptions): Model {
  return buildModel(name, classCount, () => new SeededRandom(seed).fork('weights', name));
}

/** A network whose weights are yet to be loaded: those that createModel would draw are zero. Quicker than createModel. */
export function outlineModel(name: ModelName, classCount: number): Model {
  return buildModel(name, classCount, () => null);
}

/** True for a name in MODELS. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(MODELS, name);
}

function buildModel(name: ModelName, classCount: number, random: () => SeededRandom | null): Model {
  if (!isModelName(name)) {
    throw new WinnowError('CONFIG_INVALID', `there is no model ${JSON.stringify(name)}`, {
      next: `Choose one of ${MODEL_NAMES.join(', ')}.`,
    });
  }
  if (!Number.isInteger(classCount) || classCount < 1) {
    throw new WinnowError('CONFIG_INVALID', `a model cannot have ${classCount} classes`, {
      where: name,
      next: 'Give one class or more.',
    });
  }
  return MODELS[name].build(new ParameterStore(random()), classCount);
}
