import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_IMAGE_LIMITS, decodeImage, encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';

const EXAMPLES = path.resolve(__dirname, '../../../examples');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-examples-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs an example as a person would. @returns the lines that it prints */
async function run(name: string, ...args: readonly string[]): Promise<string[]> {
  const file = path.join(EXAMPLES, 'library', `${name}.mjs`);
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { cwd: folder });
  return stdout.trimEnd().split('\n');
}

describe('examples/library', () => {
  it('noise-split.mjs tells labels apart by logits of a CSV', async () => {
    const lines = ['image,label,cat,dog', 'a,cat,5,0', 'b,cat,6,0', 'c,dog,0,5', 'd,dog,5.5,0', 'e,dog,1,0'];
    writeFileSync(path.join(folder, 'predictions.csv'), `${lines.join('\n')}\n`);
    const printed = await run('noise-split', 'predictions.csv', 'agreement');
    expect(printed[0]).toBe('image,kind,clean,closed,open,instead');
    expect(printed.slice(1).map((line) => line.split(',').filter((_, column) => [0, 1, 5].includes(column)))).toEqual([
      ['a', 'clean', ''],
      ['b', 'clean', ''],
      ['c', 'clean', ''],
      ['d', 'closed', 'cat'],
      ['e', 'open', ''],
    ]);
  });

  it('noise-split.mjs fits the split winnow where none is named', async () => {
    const random = new SeededRandom('examples');
    const lines = Array.from({ length: 300 }, (_, row) => {
      const [shown, given] = [row % 3, row % 5 === 0 ? (row + 1) % 3 : row % 3];
      const logits = [0, 1, 2].map((index) => (random.normal() + (index === shown ? 6 : 0)).toFixed(3));
      return [`image-${row}`, 'abc'[given], ...logits].join();
    });
    writeFileSync(path.join(folder, 'predictions.csv'), ['image,label,a,b,c', ...lines].join('\n'));
    const kinds = (await run('noise-split', 'predictions.csv')).slice(1).map((line) => line.split(',')[1]);
    expect(kinds).toHaveLength(300);
    expect(kinds.filter((kind, row) => (kind === 'clean') === (row % 5 !== 0)).length).toBeGreaterThan(285);
  });

  it('near-duplicates.mjs finds a compressed copy, and names what it cannot read', async () => {
    for (const name of ['bag', 'coat'])
      copyFileSync(path.join(EXAMPLES, `demo/pictures/${name}.png`), path.join(folder, `${name}.png`));
    const coat = await decodeImage(readFileSync(path.join(folder, 'coat.png')), DEFAULT_IMAGE_LIMITS);
    if (!coat.ok) throw new Error(coat.detail);
    writeFileSync(path.join(folder, 'copy.jpg'), await encodeJpeg(coat.image, 70));
    writeFileSync(path.join(folder, 'notes.txt'), 'no image');
    expect(await run('near-duplicates', '.')).toEqual([
      'notes.txt: passed over, not_an_image',
      'coat.png',
      expect.stringMatching(/^ {2}copy\.jpg: duplicate_near, \d+ bits$/) as string,
      '3 images, 2 of them different',
    ]);
  });

  it('own-method.mjs trains a teacher, and a student by a method of its own', async () => {
    const [printed = ''] = await run('own-method');
    const [teacher, student] = [...printed.matchAll(/(\d+\.\d) %/g)].map(([, percent]) => Number(percent));
    // Chance is 33.
    expect(teacher).toBeGreaterThan(60);
    expect(student).toBeGreaterThan(50);
  });
});
