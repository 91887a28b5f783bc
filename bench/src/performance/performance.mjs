/**
 * The first tables of docs/performance.md, beside PyTorch:
 *   npm run bench -- performance [IMAGES] [--networks NAME ...] [--rounds 3] [--json]
 * IMAGES is a folder or tar of JPEG files for the loader. --networks measures networks for photographs alone, all or those named.
 */
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { markdown } from '../harness/markdown-table.mjs';
import { runJson } from '../harness/run-winnow.mjs';

const { mean } = requireTypeScript('bench/src/harness/figures.ts');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    networks: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

/** [row, arguments] */
const STEPS = [
  ['train-step ResNet-20, batch 128, 32 px', ['step', 'train-step', '--model', 'resnet20']],
  ['train-step WRN-16-2, batch 128, 32 px', ['step', 'train-step', '--model', 'wrn-16-2', '--steps', '3']],
  [
    'distill-step ResNet-20 to ResNet-8, batch 128, 32 px',
    ['step', 'distill-step', '--model', 'resnet8', '--teacher', 'resnet20'],
  ],
  ['inference ResNet-20, batch 128, 32 px', ['step', 'inference', '--model', 'resnet20']],
  [
    'train-step ResNet-18, batch 16, 224 px',
    ['step', 'train-step', '--model', 'resnet18', '--batch', '16', '--steps', '2'],
  ],
  [
    'train-step MobileNetV2, batch 16, 224 px',
    ['step', 'train-step', '--model', 'mobilenetv2', '--batch', '16', '--steps', '2'],
  ],
];
const NETWORKS = [
  'mobilenetv1-025',
  'mobilenetv1-05',
  'mobilenetv1',
  'mobilenetv2',
  'mobilenetv3-small',
  'mobilenetv3-large',
  'efficientnet-b0',
  'resnet50',
  'convnext-atto',
  'convnext-femto',
  'vit-tiny',
];
const WASM = [
  ['train-step ResNet-20, batch 32', ['step', 'train-step', '--model', 'resnet20', '--batch', '32']],
  ['distill-step ResNet-20 to ResNet-8, batch 32', ['step', 'distill-step', '--model', 'resnet8', '--batch', '32']],
  ['inference ResNet-20, batch 32', ['step', 'inference', '--model', 'resnet20', '--batch', '32']],
].map(([name, args]) => [name, [...args, '--steps', '2', '--rounds', values.rounds]]);

const rounded = (value) => value.toFixed(0);
const say = (text) => values.json || process.stdout.write(`${text}\n\n`);

const networkSteps = (positionals.length > 0 ? positionals : NETWORKS).flatMap((model) =>
  ['train-step', 'inference'].map((kind) => [
    `${kind} ${model}, batch 16, 224 px`,
    ['step', kind, '--model', model, '--batch', '16', '--size', '224', '--steps', '2', '--rounds', values.rounds],
  ]),
);
const measured = { steps: [], loader: null, wasm: [] };
say(`Machine: ${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}.`);
for (const [name, args] of values.networks ? networkSteps : STEPS) {
  measured.steps.push({ name, ...runJson('bench', [...args, '--against', 'pytorch']) });
}
say(
  markdown(
    [
      ...['step', 'winnow, ms', 'PyTorch, ms', 'channels_last, ms', 'ratio', 'ratio, channels_last'],
      'peak MB: winnow, PyTorch, channels_last',
    ],
    measured.steps.map(({ name, competitors }) => {
      const [ours, pytorch, channelsLast] = competitors;
      return [
        name,
        ...competitors.map(
          ({ millis, spread: [low, high] }) => `${rounded(millis)} (${rounded(low)} to ${rounded(high)})`,
        ),
        `**${(ours.millis / pytorch.millis).toFixed(2)}**`,
        (ours.millis / channelsLast.millis).toFixed(2),
        competitors.map(({ peakBytes }) => rounded(peakBytes / 1e6)).join(', '),
      ];
    }),
  ),
);
if (!values.networks) {
  const [images] = positionals;
  if (images !== undefined) {
    measured.loader = runJson('bench', ['loader', path.resolve(images), '--against', 'pytorch']);
    const [ours, pytorch] = measured.loader.competitors.map(({ imagesPerSecond }) => imagesPerSecond.toFixed(0));
    say(
      markdown(
        ['loader, 224 px, 2 workers', 'winnow, images/s', 'PyTorch, images/s', 'time, ours by theirs'],
        [['JPEG, random resized crop, flip', ours, pytorch, `**${measured.loader.ratio.toFixed(2)}**`]],
      ),
    );
  }
  for (const [name, args] of WASM) {
    measured.wasm.push({ name, ...runJson('bench', [...args, '--engine', 'wasm', '--against', 'tensorflow']) });
  }
  say(
    markdown(
      ['step on wasm (one thread)', 'wasm, ms', 'tensorflow, ms', 'ratio'],
      measured.wasm.map(({ name, competitors, ratio }) => [
        name,
        ...competitors.map(({ millis }) => rounded(millis)),
        ratio.toFixed(1),
      ]),
    ),
  );
}
// Geometric mean over the steps of our time by PyTorch's.
const ratio = Math.exp(mean(measured.steps.map((found) => Math.log(found.ratio))));
if (values.json) process.stdout.write(`${JSON.stringify({ ...measured, ratio })}\n`);
