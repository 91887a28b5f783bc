// Runs winnow's benchmarks and prints the tables of docs/performance.md: node tools/bench/performance.mjs PICTURES.tar
// Networks for photographs alone, all of them or those named: node tools/bench/performance.mjs --networks [NAME ...]
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const isNetworks = process.argv[2] === '--networks';
const pictures = isNetworks ? undefined : process.argv[2];

/** [row, arguments] */
const STEPS = [
  ['train-step ResNet-20, batch 128, 32 px', ['train-step', '--model', 'resnet20']],
  ['train-step WRN-16-2, batch 128, 32 px', ['train-step', '--model', 'wrn-16-2', '--steps', '3']],
  [
    'distill-step ResNet-20 to ResNet-8, batch 128, 32 px',
    ['distill-step', '--model', 'resnet8', '--teacher', 'resnet20'],
  ],
  ['inference ResNet-20, batch 128, 32 px', ['inference', '--model', 'resnet20']],
  ['train-step ResNet-18, batch 16, 224 px', ['train-step', '--model', 'resnet18', '--batch', '16', '--steps', '2']],
  [
    'train-step MobileNetV2, batch 16, 224 px',
    ['train-step', '--model', 'mobilenetv2', '--batch', '16', '--steps', '2'],
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
  ['train-step ResNet-20, batch 32', ['train-step', '--model', 'resnet20', '--batch', '32']],
  ['distill-step ResNet-20 to ResNet-8, batch 32', ['distill-step', '--model', 'resnet8', '--batch', '32']],
  ['inference ResNet-20, batch 32', ['inference', '--model', 'resnet20', '--batch', '32']],
].map(([name, args]) => [name, [...args, '--steps', '2', '--rounds', '3']]);

function bench(args) {
  const { stdout, status } = spawnSync(process.execPath, ['bench/bin/bench.js', ...args, '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout);
}

const millis = (value, [low, high]) => `${value.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`;
const megabytes = (value) => (value / 1e6).toFixed(0);
const row = (...cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);

process.stdout.write(`Machine: ${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}.\n\n`);
row(
  'step',
  'winnow, ms',
  'PyTorch, ms',
  'channels_last, ms',
  'ratio',
  'ratio, channels_last',
  'peak MB: winnow, PyTorch, channels_last',
);
row('---', '---', '---', '---', '---', '---', '---');
const named = process.argv.slice(3);
const networkSteps = (named.length > 0 ? named : NETWORKS).flatMap((model) =>
  ['train-step', 'inference'].map((step) => [
    `${step} ${model}, batch 16, 224 px`,
    [step, '--model', model, '--batch', '16', '--size', '224', '--steps', '2', '--rounds', '3'],
  ]),
);
for (const [name, args] of isNetworks ? networkSteps : STEPS) {
  const found = bench(['step', ...args, '--against', 'pytorch']);
  row(
    name,
    ...['ours', 'pytorch', 'pytorchChannelsLast'].map((who) => millis(found[who], found.spread[who])),
    `**${found.ratio.toFixed(2)}**`,
    found.ratioChannelsLast.toFixed(2),
    ['ours', 'pytorch', 'pytorchChannelsLast'].map((who) => megabytes(found.peakBytes[who])).join(', '),
  );
}
if (isNetworks) process.exit();
if (pictures !== undefined) {
  const found = bench(['loader', path.resolve(pictures), '--against', 'pytorch']);
  const [ours, pytorch] = found.competitors.map(({ imagesPerSecond }) => imagesPerSecond);
  process.stdout.write('\n');
  row('loader, 224 px, 2 workers', 'winnow, pictures/s', 'PyTorch, pictures/s', 'time, ours by theirs');
  row('---', '---', '---', '---');
  row('JPEG, random resized crop, flip', ours.toFixed(0), pytorch.toFixed(0), `**${found.ratio.toFixed(2)}**`);
}
process.stdout.write('\n');
row('step on wasm (one thread)', 'wasm, ms', 'tensorflow, ms', 'ratio');
row('---', '---', '---', '---');
for (const [name, args] of WASM) {
  const found = bench(['step', ...args, '--engine', 'wasm', '--against', 'tensorflow']);
  row(name, found.ours.toFixed(0), found.tensorflow.toFixed(0), found.ratio.toFixed(1));
}
