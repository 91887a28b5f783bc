import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StudioPrediction, StudioTry } from '@winnow/contracts';
import { decodeReduced, encodeJpeg, USER_IMAGE_LIMITS } from '@winnow/imaging';
import { float32ToHalves } from '@winnow/models';
import { digestTestList, writeTestAnswers } from '@winnow/runs';
import { listLabelledFiles } from '@winnow/shards';
import { drawnStudent, startsWinnow } from '../spec-support/drawn-student';
import { writeSampleRun } from '../spec-support/sample-runs';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const CLASSES = ['cat', 'dog', 'fox'];
/** True classes of test images, and the logits of a student. */
const LABELS = [0, 1, 2, 1];
const LOGITS = [[1, 3, 0], [0, 2, 0], [4, 0, 1], [0, 0, 0.5]]; // prettier-ignore

let project: StudioProject;
let studio: StudioUnderTest;
let readOnly: StudioUnderTest;
let run: string;
let images: readonly Buffer[];

beforeAll(async () => {
  startsWinnow();
  project = await writeStudioProject({ count: 3, until: 'crawl' });
  const { config } = project;
  const test = path.join(config.paths.root, 'test');
  images = await Promise.all(LABELS.map((_, index) => drawnJpeg(30 + index, 24)));
  images.forEach((bytes, index) => {
    const folder = path.join(test, CLASSES[LABELS[index] as number] as string);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${index}.jpg`), bytes);
  });
  const files = await listLabelledFiles(test);
  run = path.basename(writeSampleRun(config.paths.runs, { method: 'kd', seed: 1, classes: CLASSES }));
  const folder = path.join(config.paths.runs, run);
  writeFileSync(path.join(folder, 'student.safetensors'), await drawnStudent(CLASSES));
  // In the order of the list, which is by class.
  const order = files.map(({ key }) => Number(/(\d)(?:\.jpg)?$/.exec(key)?.[1]));
  const rows = order.map((index) => LOGITS[index] as readonly number[]);
  const answers = {
    ...{ testDigest: 't'.repeat(64), listDigest: digestTestList(files), classes: CLASSES },
    labels: Int32Array.from(order, (index) => LABELS[index] as number),
    predicted: Int32Array.from(rows, (row) => row.indexOf(Math.max(...row))),
  };
  await writeTestAnswers(folder, answers, float32ToHalves(Float32Array.from(rows.flat())));
  const withTest = { ...project, config: { ...config, evaluate: { ...config.evaluate, test: 'test' } } };
  studio = await openStudio(withTest);
  readOnly = await openStudio(withTest, true);
});
afterAll(async () => {
  await studio?.close();
  await readOnly?.close();
  project?.remove();
});

function drawnJpeg(width: number, height: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7 + width) % 256);
  return encodeJpeg({ width, height, data }, 90).then((bytes) => Buffer.from(bytes));
}

async function squareOf(image: Buffer): Promise<Buffer> {
  const made = await decodeReduced(image, USER_IMAGE_LIMITS, { kind: 'resize', size: 16, policy: 'cover' });
  if (!made.ok) throw new Error(made.detail);
  return Buffer.from(made.image.data);
}

/** @param address with its query */
async function sent(to: StudioUnderTest, address: string, payload: Buffer | string, type = 'application/octet-stream') {
  const headers = { authorization: `Bearer ${to.key}`, 'content-type': type };
  return to.server.inject({ url: address, method: 'POST', headers, payload });
}

it('says which test images the student took for others, the surest first, and what calibrates it', async () => {
  const { body, status } = await studio.ask(`/api/try/${run}`);
  const { mistakes, temperature, weightsBytes, mistakesMissing } = body as StudioTry;
  expect([status, mistakesMissing]).toEqual([200, null]);
  expect(mistakes.map(({ trueClass, predicted }) => [trueClass, predicted])).toEqual([
    ['fox', 'cat'],
    ['cat', 'dog'],
    ['dog', 'fox'],
  ]);
  const [first] = mistakes;
  expect(temperature).toBeGreaterThan(1);
  const weights = [4, 0, 1].map((logit) => Math.exp(logit / (temperature as number)));
  expect(first?.share).toBeCloseTo((weights[0] as number) / weights.reduce((sum, weight) => sum + weight, 0), 3);
  expect(weightsBytes).toBeGreaterThan(100_000);
  expect((await studio.ask('/api/try/none')).status).toBe(404);
});

it('sends weights as the run wrote them, and says where they are gone or others', async () => {
  const weights = await studio.ask(`/api/try/${run}/weights`);
  expect(weights.headers['content-type']).toBe('application/octet-stream');
  expect(weights.bytes.equals(Buffer.from(await drawnStudent(CLASSES)))).toBe(true);
  const other = writeSampleRun(project.config.paths.runs, { method: 'ce', seed: 2, classes: CLASSES });
  const id = path.basename(other);
  expect(((await studio.ask(`/api/try/${id}`)).body as StudioTry).weightsBytes).toBeNull();
  expect((await studio.ask(`/api/try/${id}/weights`)).status).toBe(404);
  rmSync(other, { recursive: true });
});

it('gives squares of test images as predict makes them, without loss, and cuts one that is sent', async () => {
  const files = await listLabelledFiles(path.join(project.config.paths.root, 'test'));
  const squares = await studio.ask('/api/try-squares?size=16&policy=cover&from=1&count=2');
  const known = await Promise.all([1, 2].map(async (at) => squareOf(Buffer.from((await files[at]?.read()) ?? []))));
  expect(squares.bytes.equals(Buffer.concat(known))).toBe(true);
  for (const query of [
    'size=9000&policy=cover&from=0',
    'size=16&policy=keep&from=0',
    'size=1024&policy=cover&from=0&count=500',
  ]) {
    expect((await studio.ask(`/api/try-squares?${query}`)).status).toBe(400);
  }
  expect((await studio.ask('/api/try-squares?size=16&policy=cover&from=99')).status).toBe(404);
  const cut = await sent(studio, '/api/try-square?size=16&policy=attention', images[0] as Buffer);
  expect([cut.statusCode, cut.rawPayload.length]).toEqual([200, 16 * 16 * 3]);
  expect((await sent(studio, '/api/try-square?size=16&policy=cover', Buffer.from('<svg/>'))).statusCode).toBe(422);
  expect((await sent(studio, '/api/try-square?size=16&policy=cover', '{}', 'application/json')).statusCode).toBe(400);
  expect((await sent(studio, '/api/spec-echo', images[0] as Buffer)).statusCode).toBe(415);
});

it('asks the program itself, writes no file, and answers where nothing may be changed', async () => {
  const before = readdirSync(project.config.paths.state, { recursive: true }).sort();
  const answer = await sent(readOnly, `/api/try/${run}/predict`, images[0] as Buffer);
  expect(answer.statusCode).toBe(200);
  const { predictions } = answer.json<StudioPrediction>();
  expect(predictions.map(({ className }) => className).sort()).toEqual(CLASSES);
  expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
  const refused = await sent(studio, `/api/try/${run}/predict`, Buffer.from('no image'));
  expect([refused.statusCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([
    422,
    'IMAGE_UNREADABLE',
  ]);
  expect(readdirSync(project.config.paths.state, { recursive: true }).sort()).toEqual(before);
});
