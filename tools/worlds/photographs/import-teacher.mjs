import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../ensure-dependencies.mjs';
import { workspace } from '../workspace.mjs';
import { SIZE } from './square-photographs.mjs';

const { streamTar } = workspace('@winnow/shards');

const ARCHIVE = 'mobilenet-v2-imagenet-tfjs.tar.gz';
export const LABELS = 'imagenet_labels.txt';
const FILES = ['model.json', 'weights.bin'];
const MAX_FILE_BYTES = 200_000_000;
/** Layers of the network, and pixel values as it was trained on. */
const CONTRACT = [
  ...['--size', String(SIZE), '--range', '-1,1', '--mean', '0', '--std', '1', '--layout', 'nhwc'],
  ...['--logits', 'logits', '--features', 'features', '--feature-map', 'relu6_63', '--feature-map-layout', 'nhwc'],
];

/**
 * Runs `winnow teacher import` on the MobileNetV2 of the data folder, tried on images.
 * @param {string} data folder that holds the network and its labels
 * @param {string} out folder of the teacher
 * @param {object} options
 * @param {Record<string, string>} options.names the teacher's name of each class
 * @param {readonly { className: string, bytes: Buffer }[]} options.images
 */
export async function importTeacher(data, out, { names, images }) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-photographs-'));
  try {
    for await (const { name, bytes } of streamTar(path.join(data, ARCHIVE), { maxBytes: MAX_FILE_BYTES })) {
      const file = path.basename(name);
      if (bytes !== null && FILES.includes(file)) writeFileSync(path.join(scratch, file), bytes);
    }
    images.forEach(({ className, bytes }, index) => {
      const folder = path.join(scratch, 'check', className);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, `${index}.jpg`), bytes);
    });
    const renames = Object.entries(names).flatMap(([ours, theirs]) => ['--rename', `${ours}=${theirs}`]);
    const args = [
      ...['apps/winnow/bin/winnow.js', 'teacher', 'import', path.join(scratch, 'model.json'), '--out', out],
      ...['--labels', path.join(path.resolve(data), LABELS), ...CONTRACT, ...renames],
      ...['--check', path.join(scratch, 'check'), '--json'],
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`winnow teacher import ended with ${status}: ${stderr}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
