/**
 * What docs/results.md shows: rows by group, each the arguments of `winnow bench`. A name in braces is a folder that the
 * caller has: {web7}, {photographs} and {derived} (a folder with the worlds that tools/worlds/derive.mjs makes).
 */
const METHODS = ['ce', 'kd', 'kd-known', 'fitnet', 'simkd', 'dist', 'dfnd', 'kd3', 'modul', 'winnow'];
const SPLITS = ['edl-gmm', 'small-loss', 'agreement', 'knn', 'winnow'];
const DERIVED = ['no-clean', 'no-closed', 'no-open', 'open-20', 'open-40', 'open-60'];

const student = (world, method, { seed = 1, epochs = 20, more = [] } = {}) => [
  'world',
  world,
  '--method',
  method,
  '--seed',
  String(seed),
  '--epochs',
  String(epochs),
  ...more,
];

/** The optimiser of `winnow`, for other methods. */
const RISING = ['--train', 'nesterov=true', '--train', 'warmUp=0.05'];
/** That of other methods, for `winnow`. */
const PLAIN = ['--train', 'nesterov=false', '--train', 'warmUp=0'];
/** Variants of `winnow` on a held-out part; rows of runs.jsonl that are not here are of settings that did not stay. */
const SWEEP = [
  [],
  ['--set', 'start=random'],
  ['--train', 'learningRate=0.05'],
  ['--set', 'shift=0.125'],
  ['--set', 'shift=0.125', '--set', 'answers=view'],
  PLAIN,
  ['--set', 'views=1'],
  ['--set', 'views=1', ...PLAIN],
  ['--set', 'views=1', '--set', 'shift=0'],
  ['--set', 'views=1', '--set', 'shift=0.0625'],
  ['--set', 'views=1', '--set', 'answers=view'],
  ['--set', 'views=1', '--set', 'temperature=8'],
  ['--set', 'views=1', '--train', 'weightDecay=0.0001'],
  ['--set', 'views=1', '--train', 'learningRate=0.2'],
];

export const PLAN = {
  splits: SPLITS.map((split) => ['split', '{web7}', '--split', split]),
  scores: [['split', '{web7}', '--scores']],
  web7: METHODS.map((method) => student('{web7}', method)),
  'web7-seeds': ['kd', 'winnow', 'modul'].flatMap((method) =>
    [2, 3].map((seed) => student('{web7}', method, { seed })),
  ),
  'web7-oracle': [
    student('{web7}', 'kd-known', { more: ['--oracle'] }),
    student('{web7}', 'kd-known', { more: ['--split', 'winnow'] }),
  ],
  'web7-compute': [
    // `kd` with the optimiser of winnow, and with as many pictures as winnow sees; winnow at kd's processor time.
    student('{web7}', 'kd', { more: RISING }),
    student('{web7}', 'kd', { epochs: 40, more: RISING }),
    student('{web7}', 'winnow', { epochs: 14 }),
  ],
  'web7-cosine': [student('{web7}', 'modul', { more: ['--schedule', 'cosine'] })],
  robustness: DERIVED.flatMap((world) =>
    ['kd', 'winnow'].map((method) => student(`{derived}/web7-${world}`, method, { epochs: 6 })),
  ),
  photographs: ['ce', 'kd', 'modul', 'winnow'].map((method) =>
    student('{photographs}', method, { epochs: 10, more: ['--batch', '32'] }),
  ),
  ablation: [
    student('{web7}', 'kd', { epochs: 6 }),
    student('{web7}', 'kd', { epochs: 12 }),
    student('{web7}', 'kd', { epochs: 6, more: ['--set', 'start=teacher'] }),
    ...[[], ['start=random'], ['answers=view'], ['views=1'], ['shift=0.125']].map((settings) =>
      student('{web7}', 'winnow', { epochs: 6, more: settings.flatMap((text) => ['--set', text]) }),
    ),
  ],
  sweep: [
    student('{web7}', 'kd', { epochs: 6, more: ['--hold-out', ...RISING] }),
    ...SWEEP.map((more) => student('{web7}', 'winnow', { epochs: 6, more: ['--hold-out', ...more] })),
  ],
};
