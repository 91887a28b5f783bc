import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, writeFileAtomic } from '@winnow/files';

/** A student's answers on the test images: the evidence behind its accuracy and each cell of its confusion. */
export interface TestAnswers {
  /** Of the test images, as `config.json` names them. */
  readonly testDigest: string;
  /** Of names and classes of the test list, `digestTestList`. */
  readonly listDigest: string;
  readonly classes: readonly string[];
  /** True class of each test image, [count]. */
  readonly labels: Int32Array;
  /** The likeliest class of each by the student, [count]. */
  readonly predicted: Int32Array;
}

interface AnswersHead extends Pick<TestAnswers, 'testDigest' | 'listDigest' | 'classes'> {
  readonly count: number;
  /** Of what follows the head. */
  readonly sha256: string;
}

const FILE = 'answers-test.f16';
/** Larger logits are left out of the file: a run must not grow by gigabytes. */
const MAX_LOGIT_VALUES = 32_000_000;
/** Of the head line; a million class names fit. */
const MAX_HEAD_BYTES = 128 * 2 ** 20;

/** Names a test list: what each image is called, and which class it is of, in order. */
export function digestTestList(images: Iterable<{ readonly key: string; readonly className: string }>): string {
  const hash = createHash('sha256');
  for (const { key, className } of images) hash.update(`${canonicalJson([key, className])}\n`);
  return hash.digest('hex');
}

/**
 * Leaves `answers-test.f16` in a run's folder, whole or not at all: a line of JSON, then true and predicted classes as
 * little-endian int32, [count] each, then the logits as float16, [count, classes], unless they would be too many.
 * @param halves bits of the logits as float16, [count, classes]
 */
export async function writeTestAnswers(
  folder: string,
  { labels, predicted, ...rest }: TestAnswers,
  halves: Uint16Array,
): Promise<void> {
  const kept = halves.length > MAX_LOGIT_VALUES ? new Uint16Array(0) : halves;
  const body = Buffer.concat(
    [labels, predicted, kept].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const head: AnswersHead = { ...rest, count: labels.length, sha256: sha256(body) };
  await writeFileAtomic(join(folder, FILE), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]));
}

/** Null where there are none, as of runs of old, or where the file is damaged: `winnow evaluate` writes it anew. */
export async function readTestAnswers(folder: string): Promise<TestAnswers | null> {
  const found = await readWhole(folder);
  return found === null ? null : found.answers;
}

/** Answers with bits of the logits as float16, [count, classes]; null also where they were too many to be kept. */
export async function readTestLogits(
  folder: string,
): Promise<{ readonly answers: TestAnswers; readonly halves: Uint16Array } | null> {
  const found = await readWhole(folder);
  if (found === null) return null;
  const { answers, rest } = found;
  const halves = new Uint16Array(answers.labels.length * answers.classes.length);
  if (halves.length === 0 || rest.length !== halves.byteLength) return null;
  new Uint8Array(halves.buffer).set(rest);
  return { answers, halves };
}

async function readWhole(folder: string): Promise<{ readonly answers: TestAnswers; readonly rest: Uint8Array } | null> {
  const bytes = await readFile(join(folder, FILE)).catch(() => null);
  const end = bytes?.indexOf('\n') ?? -1;
  if (bytes === null || end < 0 || end > MAX_HEAD_BYTES) return null;
  const head = parseHead(bytes.toString('utf8', 0, end));
  const body = bytes.subarray(end + 1);
  if (head === null || body.length < 8 * head.count || sha256(body) !== head.sha256) return null;
  const { testDigest, listDigest, classes, count } = head;
  const numbers = (from: number): Int32Array => {
    const values = new Int32Array(count);
    new Uint8Array(values.buffer).set(body.subarray(4 * from, 4 * (from + count)));
    return values;
  };
  const [labels, predicted] = [numbers(0), numbers(count)];
  const isClass = (label: number): boolean => label >= 0 && label < classes.length;
  if (!labels.every(isClass) || !predicted.every(isClass)) return null;
  return { answers: { testDigest, listDigest, classes, labels, predicted }, rest: body.subarray(8 * count) };
}

/** Whether a run has such a file; it is not read. */
export async function hasTestAnswers(folder: string): Promise<boolean> {
  const handle = await open(join(folder, FILE)).catch(() => null);
  await handle?.close();
  return handle !== null;
}

function parseHead(text: string): AnswersHead | null {
  try {
    const head = JSON.parse(text) as AnswersHead;
    const isWhole = Array.isArray(head.classes) && Number.isInteger(head.count) && head.count >= 0;
    return isWhole && typeof head.testDigest === 'string' ? head : null;
  } catch {
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
