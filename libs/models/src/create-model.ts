import { WinnowError } from '@winnow/contracts';
import type { Model, ModelOptions } from './model';
import { residualNetwork, type ResidualNetworkSpec } from './residual-network';

const cifarResNet = (depth: 8 | 20): ((options: ModelOptions) => Model) => {
  const spec: ResidualNetworkSpec = {
    name: `resnet${depth}`,
    blocksPerStage: (depth - 2) / 6,
    widths: [16, 32, 64],
  };
  return (options) => residualNetwork(spec, options);
};

/** Architectures by name; to add one, add a line. */
export const MODELS = {
  resnet8: cifarResNet(8),
  resnet20: cifarResNet(20),
} as const satisfies Record<string, (options: ModelOptions) => Model>;

export type ModelName = keyof typeof MODELS;

export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/**
 * A network with fresh weights, the same for the same seed.
 * @throws WinnowError CONFIG_INVALID for a name that is not in MODELS or fewer than one class
 */
export function createModel(name: ModelName, options: ModelOptions): Model {
  if (!isModelName(name)) {
    throw new WinnowError('CONFIG_INVALID', `there is no model ${JSON.stringify(name)}`, {
      next: `Choose one of ${MODEL_NAMES.join(', ')}.`,
    });
  }
  if (!Number.isInteger(options.classCount) || options.classCount < 1) {
    throw new WinnowError('CONFIG_INVALID', `a model cannot have ${options.classCount} classes`, {
      where: name,
      next: 'Give one class or more.',
    });
  }
  return MODELS[name](options);
}

/** True for a name in MODELS. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(MODELS, name);
}
