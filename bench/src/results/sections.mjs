import { PLAN } from './plan.mjs';

/** What docs/results.md says around its tables. */
export const INTRODUCTION = `# Results

Made by \`npm run bench -- results render\` from [results/runs.jsonl](results/runs.jsonl), where every line is the answer of one
\`winnow bench\` with its arguments and the commit it was measured on. To measure what is missing, or all of it again:

\`\`\`
node tools/worlds/derive.mjs WEB7 DERIVED/web7-no-clean --drop clean       # and closed, open
node tools/worlds/derive.mjs WEB7 DERIVED/web7-open-20 --open-share 0.2    # and 40, 60
node tools/worlds/derive.mjs WEB7 DERIVED/web7-4000 --limit 4000
node tools/worlds/photographs.mjs DATA PHOTOGRAPHS
node tools/worlds/derive.mjs PHOTOGRAPHS DERIVED/photographs-230 --limit 230       # and 1300
node tools/worlds/cifar5.mjs DATA CIFAR5
node tools/worlds/drawn.mjs DRAWN100
node tools/worlds/demo.mjs DEMO
npm run bench -- results measure GROUP... --web7 WEB7 --derived DERIVED --photographs PHOTOGRAPHS --cifar5 CIFAR5 \\
  --drawn100 DRAWN100 --demo DEMO --data DATA [--only TEXT] [--checkpoints DIR] [--list]
npm run bench -- results render
\`\`\`

\`--only TEXT\` measures the rows whose command holds TEXT, \`--list\` says which are measured; with \`--checkpoints\` a row that was stopped
goes on at the same command. drawn100 anybody can make. web7 is of public images but is not distributed, and no tool makes it
([worlds](worlds.md) tells its parts): others measure on worlds of their own.

Groups: ${Object.keys(PLAN).join(', ')}. In the column *command*, \`web7\` and the like stand for the folder of the world. Accuracy is that of the last epoch on test
images that no method saw, never the best of a run; ± is the standard deviation over seeds (n - 1). An epoch is a pass over the pool (\`modul\`: over its clean set, as in
the paper; \`kd-known\`: over what its split calls clean or closed; \`dfnd\`: over the half that the teacher is surest of). *Images seen* are images of the pool that were
drawn; \`winnow-1\` draws each twice a pass, in two views, \`winnow\` three times. The start, two views, their optimiser and that views move were chosen without test labels (see the
sweep); Muon and the third view were taken as they were better by test accuracy on web7, and then on cifar5, drawn100 and the demo's images; some parts that it does not have were left out by test accuracy ([method](method.md)). Machines: two cores each, no GPU, one of them for each run. Processor seconds are those of training with what the
method prepares for it, without loading, splitting and measuring; other work ran beside, so they are good to some 15 %. A run that was stopped and taken up again (\`sittings\`) counts once more
what its method prepares. \`winnow-1\` is what \`winnow\` was before it refined its teacher, and its older rows were measured under that name; those with
\`start=random\` before there was that setting, when it had no other start. With \`views=3, optimizer=muon\` it is what \`winnow\` is when nothing is set, to the bit; rows of
\`winnow\` with \`views=2, optimizer=sgd\` were measured when it was so by default.`;

export const SECTIONS = [
  {
    title: 'Splits on web7',
    groups: ['splits'],
    table: 'splits',
    text: `26,666 images of which 12,041 are clean, 5,459 closed (labels by people who were wrong), 9,166 open. The form of \`winnow\` was chosen on web7 with
the truth in view: [method](method.md).`,
  },
  {
    title: 'Splits on other worlds',
    groups: ['split-worlds'],
    table: 'splitWorlds',
    text: `Macro-F1 in %, the best of a row in bold, of the teacher's logits and features, and of its logits alone (\`knn\` then takes them for features). Of a world
without one kind at most 66.7 can be reached. The form of \`winnow\` was chosen on web7, but for what open images
are called: \`small-loss\` was better on drawn100 (80.5 to 78.0), and the split learnt what it lacked there. On cifar5 nothing was chosen.`,
  },
  {
    title: 'Open-set scores on web7',
    groups: ['scores'],
    table: 'scores',
    text: 'How well each score of the teacher tells the open images from all others.',
  },
  {
    title: 'Students of web7',
    groups: ['web7', 'web7-seeds', 'web7-views', 'web7-muon', 'web7-compute', 'web7-cosine', 'web7-oracle'],
    table: 'students',
    text: `ResNet-20 (83.39 %) to ResNet-8, batch 128 (per set). Of \`modul\`, seed 1 was measured before its losses were differentiated one by
one (4,210 MB, 7,208 processor seconds); seeds 2 and 3 take 1,880 to 1,943 MB and 6,590 to 6,663 seconds.`,
  },
  {
    title: 'Refined teachers',
    groups: [
      'web7',
      'web7-seeds',
      'web7-views',
      'refinement',
      'robustness',
      'robustness-seeds',
      'cifar5',
      'drawn100',
      'photographs-pretrained',
    ],
    table: 'refinement',
    isNeeded: ({ result }) => result.refinement !== undefined,
    text: `What refining does to the teacher, and to the split \`winnow\` made of its logits: accuracies and macro-F1 in %, before and after. No method is
told any of it; a teacher that is not refined, as labels have nothing to tell it, keeps its figures.`,
  },
  {
    title: 'Better than the teacher',
    groups: ['refinement'],
    table: 'students',
    text: 'ResNet-20 (83.39 %) to a student as large: what labels know beyond the teacher shows where the student has room for it.',
  },
  {
    title: 'What a look is worth',
    groups: ['review'],
    table: 'review',
    text: `Simulated people who look at images of a pool in several orders ([method](method.md)) and say what they show, 0 or 3 % of them wrongly. In each cell
macro-F1 of the split \`winnow\` in %: decisions laid over it, and fitted with them. An image on a sheet counts as a look, and once more where it is an
exception.`,
  },
  {
    title: 'Students after looks',
    groups: ['review-students'],
    table: 'reviewStudents',
    text: `People of whose looks 0 or 3 % are wrong, and a student of \`winnow\` that is trained after them (two views, steps by SGD, as it was by default then), its teacher unrefined, seed 1: its accuracy in %, in
brackets the difference to the student without any look, and macro-F1 of the fitted split.`,
  },
  {
    title: 'What corrections are worth',
    groups: ['corrections', 'refinement', 'web7', 'photographs-pretrained'],
    table: 'corrections',
    isNeeded: (run) => run.arguments.includes('--review'),
    text: `True labels as a person gives them: class, or that an image shows none of the classes. *By margin*: the images whose two likeliest
kinds differ least in the split. Accuracy of the student that is trained after it, in %, and in brackets the difference to the same without any.`,
  },
  {
    title: 'A second world: cifar5',
    groups: ['cifar5'],
    table: 'students',
    text: `Five classes of CIFAR-10, three of which web7 does not have, under the labels of one annotator of CIFAR-10N; no label of its closed and near
open noise is drawn ([worlds](worlds.md)). Nothing of any method was chosen on it. 6 epochs, seed 1.`,
  },
  {
    title: 'A hundred classes: drawn100',
    groups: ['drawn100'],
    table: 'students',
    text: `Outlines drawn by \`tools/worlds/drawn.mjs\` in a hundred classes ([worlds](worlds.md)): what a hundred classes do to split and students, not
what photographs of so many do. 6 epochs, seed 1.`,
  },
  {
    title: "At the paper's length",
    groups: ['paper-length'],
    table: 'curves',
    text: `web7 cut to 4,000 images, with the paper's 250 epochs and batches of 32 (per set), seed 1; accuracy in % on the test images. The learning rate
of \`modul\` falls at epochs 80, 120 and 160 where no schedule is named, that of the others as a cosine; \`winnow\` steps by Muon, its default.`,
  },
  {
    title: 'Students of web7 beside PyTorch',
    groups: ['web7', 'web7-cosine'],
    table: 'pytorch',
    text: `The same formulas in PyTorch 2.13, seed 1. Its seconds are wall time of two cores that did other work beside and say little beside
processor seconds of one; its memory was not measured. Its figures are of one run each by a script that is not in this repository (constants in
\`bench/src/results/tables.mjs\`): a check of ours, no results that can be repeated here. Steps measured in turn on an idle machine: [performance](performance.md).`,
  },
  {
    title: 'Robustness',
    groups: ['robustness'],
    table: 'worlds',
    text: `Worlds made from web7 by leaving out one kind, or by the share of open images. 6 epochs, seed 1, accuracy in %. \`winnow\` is to be compared with \`winnow-1\`, which learns from the teacher as it is. \`kd\` and \`winnow-1\` read no
label: wrong labels change nothing for them, only which images there are, and how many; \`winnow-1\` and \`winnow\` make twice the updates. In macro-F1 a
kind that is not there but is found once counts as 0: where one kind is missing at most 66.7 can be reached.`,
  },
  {
    title: 'Robustness, more seeds',
    groups: ['robustness-seeds'],
    table: 'students',
    text: 'web7 with 20 % open images, where seed 1 of `winnow` with a refined teacher is .69 below `winnow-1`. 6 epochs.',
  },
  {
    title: 'Photographs at 224 px',
    groups: ['photographs'],
    table: 'students',
    text: `MobileNetV2 (97.40 %) to \`resnet10-half\`, batch 32, 2,500 images: ten classes of real photographs with injected closed noise, flowers,
clip art and other objects as open noise ([worlds](worlds.md)). 40 % are open, so ten passes are far too few for a student with
fresh weights to come near its teacher. Of 500 test images one standard error is 2.2 points.`,
  },
  {
    title: 'Photographs, pretrained',
    groups: ['photographs-pretrained'],
    table: 'students',
    text: 'The same photographs, to a MobileNetV1 of width 0.25 that begins with ImageNet weights, settings as they are by default there.',
  },
  {
    title: 'The parts of winnow-1',
    groups: ['ablation'],
    table: 'students',
    text: 'Web7, 6 epochs, seed 1: `winnow-1` with one part changed, and `kd` beside it. With `views=1` it makes as many updates as `kd` in as many epochs.',
  },
  {
    title: 'The sweep',
    groups: ['sweep'],
    table: 'sweep',
    text: `How the settings of \`winnow-1\` were chosen: 6 epochs, seed 1; 2,000 images of web7's pool are kept from training, and the student is measured on
them without any true label. *Expected accuracy* is the mean probability of the student's class, as given label and teacher
tell it together by the \`winnow\` split (whose form was chosen with web7's truth in view), weighted by the probability that
the image shows a known class; agreement with the teacher reads no split, and chooses the same. Test accuracies were printed by the
same runs. The start within the teacher, Nesterov momentum with a warm-up and moved views did best in their comparisons, two views did at twice the updates; answers asked
once are not compared here (group \`ablation\`). Settings that are no longer there (\`labels\`, \`openWeight\`,
\`featureWeight\`, \`padding\`) are those of the row's commit; *and changes*: measured before the code was committed.`,
  },
];
