/**
 * What docs/results.md shows: rows by group, each the arguments of `winnow bench`. A name in braces is a folder that the
 * caller has: {web7}, {cifar5}, {drawn100}, {photographs}, {demo}, {derived} (worlds that tools/worlds/derive.mjs makes) and {data}
 * (archives and weights files).
 */
const METHODS = ['ce', 'kd', 'kd-known', 'fitnet', 'simkd', 'dist', 'dfnd', 'kd3', 'modul', 'winnow-1', 'winnow'];
const SPLITS = ['edl-gmm', 'small-loss', 'agreement', 'knn', 'winnow'];
const DERIVED = ['no-clean', 'no-closed', 'no-open', 'open-20', 'open-40', 'open-60'];
/** With a refined teacher, without, and the plain method. */
const COMPARED = ['kd', 'winnow-1', 'winnow'];
const SPLIT_WORLDS = [
  ...DERIVED.map((name) => `{derived}/web7-${name}`),
  ...['{cifar5}', '{drawn100}', '{derived}/photographs-230', '{derived}/photographs-1300', '{photographs}'],
];
/** True labels that a person gives, and how the images are chosen. */
const REVIEWS = [250, 1000, 4000].flatMap((count) =>
  ['random', 'margin'].map((by) => ['--review', String(count), '--review-by', by]),
);
/** As in the paper: epochs, and images of each set in a step. */
const PAPER = { epochs: 250, more: ['--batch', '32'] };
const PRETRAINED = ['--student', 'mobilenetv1-025', '--student-weights', '{data}/mobilenetv1-025.safetensors'];

/** The steps of `winnow-1`, with which refining and true labels were compared with it; last, as in rows of when nothing else was. */
const STEPS_OF_BEFORE = ['--set', 'views=2', '--train', 'optimizer=sgd'];

const student = (
  world,
  method,
  {
    seed = 1,
    epochs = 20,
    more = [],
    isRefined = method === 'winnow',
    steps = method === 'winnow' ? STEPS_OF_BEFORE : [],
  } = {},
) => [
  'world',
  world,
  '--method',
  method,
  '--seed',
  String(seed),
  '--epochs',
  String(epochs),
  ...(isRefined ? ['--set', 'refine=auto'] : []),
  ...more,
  ...steps,
];

/** The optimiser of `winnow` and `winnow-1`, for other methods. */
const RISING = ['--train', 'nesterov=true', '--train', 'warmUp=0.05'];
/** That of other methods, for `winnow-1`. */
const PLAIN = ['--train', 'nesterov=false', '--train', 'warmUp=0'];
/** Variants of `winnow-1` on a held-out part; rows of runs.jsonl that are not here are of settings that did not stay. */
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

/** What `winnow` has had since: steps by Muon, and half as many of them again. */
const MUON = ['--train', 'optimizer=muon', '--set', 'views=3'];
/** Worlds that nothing was chosen on: do refining, true labels and Muon pay there? A student as large as the teacher last. */
const onWorld = (world) => [
  ...['ce', ...COMPARED].map((method) => student(world, method, { epochs: 6 })),
  student(world, 'winnow-1', { epochs: 6, more: MUON }),
  student(world, 'winnow', { epochs: 6, more: ['--review', '1000', '--review-by', 'margin'], isRefined: false }),
  student(world, 'winnow', { epochs: 6, more: ['--student', 'resnet20'] }),
];

export const PLAN = {
  splits: SPLITS.map((split) => ['split', '{web7}', '--split', split]),
  // Every split at once: the teacher is asked about a pool only twice.
  'split-worlds': SPLIT_WORLDS.flatMap((world) => [
    ['split', world],
    ['split', world, '--logits-only'],
  ]),
  scores: [['split', '{web7}', '--scores']],
  web7: METHODS.map((method) => student('{web7}', method)),
  'web7-seeds': ['kd', 'winnow-1', 'winnow', 'modul'].flatMap((method) =>
    [2, 3].map((seed) => student('{web7}', method, { seed })),
  ),
  // As many updates again as half of `winnow`'s, within 2.5 times the processor time of `kd`.
  'web7-views': [student('{web7}', 'winnow', { more: ['--set', 'views=3'], steps: ['--train', 'optimizer=sgd'] })],
  'web7-muon': [
    student('{web7}', 'winnow-1', { more: ['--train', 'optimizer=muon'] }),
    ...[1, 2, 3].map((seed) => student('{web7}', 'winnow-1', { seed, more: MUON })),
  ],
  refinement: [
    ...COMPARED.map((method) => student('{web7}', method, { more: ['--student', 'resnet20'] })),
    ...[2, 3].map((seed) => student('{web7}', 'winnow', { seed, more: ['--student', 'resnet20'] })),
  ],
  cifar5: onWorld('{cifar5}'),
  drawn100: onWorld('{drawn100}'),
  review: [
    ['review', '{web7}'],
    ['review', '{demo}', '--looks', '100,250,500'],
  ],
  // Of a short training, as four students an order are trained; people without error, then with 3 %.
  'review-students': ['0', '0.03'].flatMap((errors) =>
    ['doubt', 'random', 'worth', 'disagree', 'sheets-doubtful'].map((order) => [
      ...['review', '{web7}', '--orders', order, '--errors', errors, '--student', '--epochs', '6'],
    ]),
  ),
  corrections: [
    // The default, as refining costs half as much time again; winnow-1 is the same to the bit, but reads no decisions.
    ...[[], ...REVIEWS].map((more) => student('{web7}', 'winnow', { more, isRefined: false })),
    ...['ce', 'kd', 'winnow'].map((method) =>
      student('{web7}', method, { more: ['--review', '4000', '--review-by', 'margin'] }),
    ),
    student('{photographs}', 'winnow', {
      epochs: 10,
      steps: [],
      more: [...PRETRAINED, '--review', '250', '--review-by', 'margin'],
    }),
  ],
  'paper-length': [
    ...['ce', 'kd', 'kd-known', 'dfnd', 'kd3', 'winnow-1', 'winnow', 'modul'].map((method) =>
      student('{derived}/web7-4000', method, { ...PAPER, isRefined: false, steps: [] }),
    ),
    student('{derived}/web7-4000', 'modul', { ...PAPER, more: [...PAPER.more, '--schedule', 'cosine'] }),
  ],
  'web7-oracle': [
    student('{web7}', 'kd-known', { more: ['--oracle'] }),
    student('{web7}', 'kd-known', { more: ['--split', 'winnow'] }),
  ],
  'web7-compute': [
    // `kd` with the optimiser of winnow, with as many updates, and in about its processor time; winnow-1 in kd's.
    student('{web7}', 'kd', { more: RISING }),
    student('{web7}', 'kd', { epochs: 40, more: RISING }),
    student('{web7}', 'winnow-1', { epochs: 14 }),
  ],
  'web7-cosine': [student('{web7}', 'modul', { more: ['--schedule', 'cosine'] })],
  robustness: DERIVED.flatMap((world) =>
    COMPARED.map((method) => student(`{derived}/web7-${world}`, method, { epochs: 6 })),
  ),
  // Where the refined teacher seemed to cost its student most, of seed 1.
  'robustness-seeds': [2, 3].flatMap((seed) =>
    ['winnow-1', 'winnow'].map((method) => student('{derived}/web7-open-20', method, { seed, epochs: 6 })),
  ),
  photographs: ['ce', 'kd', 'modul', 'winnow-1', 'winnow'].map((method) =>
    student('{photographs}', method, { epochs: 10, more: ['--batch', '32'] }),
  ),
  'photographs-pretrained': COMPARED.map((method) =>
    student('{photographs}', method, { epochs: 10, more: PRETRAINED, steps: [] }),
  ),
  ablation: [
    student('{web7}', 'kd', { epochs: 6 }),
    student('{web7}', 'kd', { epochs: 12 }),
    student('{web7}', 'kd', { epochs: 6, more: ['--set', 'start=teacher'] }),
    ...[[], ['start=random'], ['answers=view'], ['views=1'], ['shift=0.125']].map((settings) =>
      student('{web7}', 'winnow-1', { epochs: 6, more: settings.flatMap((text) => ['--set', text]) }),
    ),
  ],
  sweep: [
    student('{web7}', 'kd', { epochs: 6, more: ['--hold-out', ...RISING] }),
    ...SWEEP.map((more) => student('{web7}', 'winnow-1', { epochs: 6, more: ['--hold-out', ...more] })),
  ],
};
