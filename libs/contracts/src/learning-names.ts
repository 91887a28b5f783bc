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
] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

/** Ways to tell clean, closed and open pictures apart; each is a file in libs/noise/src. */
export const SPLIT_NAMES = ['winnow', 'edl-gmm', 'small-loss', 'agreement', 'knn'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];
