import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestTestList, hasTestAnswers, readTestAnswers, writeTestAnswers } from './test-answers';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'winnow-answers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const answers = {
  testDigest: 'a'.repeat(64),
  listDigest: 'b'.repeat(64),
  classes: ['cat', 'dög'],
  labels: Int32Array.of(0, 1, 1),
  predicted: Int32Array.of(0, 0, 1),
};

it('reads what it wrote, with the logits behind', async () => {
  expect(await readTestAnswers(folder)).toBeNull();
  expect(await hasTestAnswers(folder)).toBe(false);
  await writeTestAnswers(folder, answers, Uint16Array.of(1, 2, 3, 4, 5, 0xffff));
  expect(await hasTestAnswers(folder)).toBe(true);
  expect(await readTestAnswers(folder)).toEqual(answers);
  const bytes = readFileSync(join(folder, 'answers-test.f16'));
  expect([...bytes.subarray(-12)]).toEqual([1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255]);
});

it.each([
  ['a flipped bit', (bytes: Buffer) => bytes.fill(1, bytes.length - 1)],
  ['a lost end', (bytes: Buffer) => bytes.subarray(0, -3)],
  ['no head', () => Buffer.from('no JSON\n')],
  ['nothing', () => Buffer.alloc(0)],
  [
    'a class that there is none of',
    (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"cat","dÃ¶g"', '"cat"'), 'latin1'),
  ],
])('takes a file with %s for none', async (_what, damage) => {
  await writeTestAnswers(folder, answers, new Uint16Array(6).fill(7));
  const file = join(folder, 'answers-test.f16');
  writeFileSync(file, damage(readFileSync(file)));
  expect(await readTestAnswers(folder)).toBeNull();
});

it('names a test list by names, classes and order', () => {
  const [a, b] = [
    { key: 'cat/1', className: 'cat' },
    { key: 'dog/2', className: 'dog' },
  ];
  const digests = [[a, b], [b, a], [a], [{ ...a, className: 'dog' }, b]].map((list) => digestTestList(list));
  expect(new Set(digests).size).toBe(4);
  expect(digestTestList([a, b])).toBe(digests[0]);
});
