/** Ways to train a student; each is a file in libs/training/src/methods. */
export const METHOD_NAMES = [
  'winnow',
  'modul',
  'kd',
  'kd-known',
  'ce',
  'fitnet',
  'simkd',
  'dist',
  'dfnd',
  'kd3',
  'winnow-1',
] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

/** Ways to tell clean, closed and open images apart; each is a file or folder in libs/noise/src/partitions. */
export const SPLIT_NAMES = ['winnow', 'edl-gmm', 'small-loss', 'agreement', 'knn'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** Raised where a change makes a split give other answers, so that what was stored before is not taken for it. */
export const SPLIT_REVISIONS: Readonly<Record<SplitName, number>> = {
  winnow: 5,
  'edl-gmm': 1,
  'small-loss': 1,
  agreement: 1,
  knn: 1,
};

/** Architectures; each is a line of `MODELS` in libs/models/src/create-model.ts. */
export const MODEL_NAMES = [
  'resnet8',
  'resnet20',
  'resnet32',
  'resnet56',
  'resnet110',
  'wrn-16-1',
  'wrn-16-2',
  'wrn-40-1',
  'wrn-40-2',
  'resnet18-cifar',
  'resnet34-cifar',
  'mobilenetv2-cifar',
  'resnet10-half',
  'resnet18',
  'resnet34',
  'resnet50',
  'convnext-atto',
  'convnext-femto',
  'vit-tiny',
  'mobilenetv2',
  'mobilenetv1-025',
  'mobilenetv1-05',
  'mobilenetv1',
  'mobilenetv3-small',
  'mobilenetv3-large',
  'efficientnet-b0',
] as const;

/** The three kinds of a web label: right, wrong within the known classes, and image of no known class. */
export const NOISE_KINDS = ['clean', 'closed', 'open'] as const;

export type NoiseKind = (typeof NOISE_KINDS)[number];
