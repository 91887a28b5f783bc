import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeTarAsItComes } from '../demo-images/tar.mjs';
import { ROOT } from '../ensure-dependencies.mjs';
import { workspace } from './workspace.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const BATCH = 64;

/**
 * Runs `winnow teacher train` (ResNet-20). Stopped, the same call goes on where it was; finished, it only measures.
 * @param {string} file weights to write
 * @param {object} options
 * @param {readonly string[]} options.classes in the order of its outputs
 * @param {AsyncIterable<LabelledImage> | Iterable<LabelledImage>} options.train gone through once
 * @param {AsyncIterable<LabelledImage> | Iterable<LabelledImage>} options.test gone through once
 * @param {number} options.size side of the images, pixels
 * @param {number} options.epochs
 * @param {number} options.seed
 * @returns {Promise<number>} accuracy on the test images, 0..1
 * @throws WinnowError INTERRUPTED where the training was stopped
 * @typedef {{ className: string, bytes: Buffer }} LabelledImage
 */
export async function trainTeacher(file, { classes, train, test, size, epochs, seed }) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-teacher-'));
  try {
    const [trainTar, testTar] = ['train', 'test'].map((name) => path.join(scratch, `${name}.tar`));
    const count = await writeTarAsItComes(trainTar, members(train));
    await writeTarAsItComes(testTar, members(test));
    const args = [
      ...['apps/winnow/bin/winnow.js', 'teacher', 'train', trainTar, '--test', testTar],
      ...['--classes', classes.join(','), '--size', String(size), '--epochs', String(epochs), '--seed', String(seed)],
      ...['--batch', String(Math.min(BATCH, count)), '--out', path.resolve(file), '--json'],
    ];
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) {
      throw new WinnowError('INTERRUPTED', `winnow teacher train ended with ${status}`, {
        where: file,
        next: 'Its message is above; the same command goes on where it was.',
      });
    }
    return JSON.parse(stdout).accuracy;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function* members(images) {
  let index = 0;
  for await (const { className, bytes } of images) {
    yield { name: `${className}/${index}.${formatOf(bytes)}`, bytes };
    index += 1;
  }
}

function formatOf(bytes) {
  return bytes[0] === 0xff ? 'jpg' : 'png';
}
