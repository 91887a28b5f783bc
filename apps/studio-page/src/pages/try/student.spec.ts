import type { ImageSet, InputSpec } from '@winnow/contracts';
import type { ModelName } from '@winnow/models';
import { createModel, loadWeights, outlineModel, saveWeights, weightsMetadata } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { startEngine, tf } from '@winnow/tensor';
import { foldModel, predict } from '@winnow/training';
import { occludedSquares, occlusionDrops } from './occlusion';
import { largestDifference, largestShares, sharesOf } from './shares';
import { loadStudent } from './student';

const CLASSES = ['cat', 'dog', 'fox'];
const COUNT = 3;

const inputOf = (size: number): InputSpec => ({ size, range: [0, 1], mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3] });

function weightsOf(name: ModelName, size: number, resize?: string): Uint8Array {
  const model = createModel(name, { classCount: CLASSES.length, seed: 7 });
  const about = { model: name, classes: CLASSES, input: inputOf(size), ...(resize !== undefined && { resize }) };
  const bytes = saveWeights(model, weightsMetadata(about));
  model.dispose();
  return bytes;
}

function drawnPixels(size: number): Uint8Array {
  const random = new SeededRandom(3);
  return Uint8Array.from({ length: COUNT * size * size * 3 }, () => random.int(256));
}

beforeAll(() => startEngine('wasm', { cacheDir: '', log: () => undefined }));

it.each([
  ['resnet8', 32],
  ['mobilenetv2-cifar', 32],
  ['convnext-atto', 64],
] as const)('answers as predict does: %s at %i px', async (name, size) => {
  const bytes = weightsOf(name, size);
  const pixels = drawnPixels(size);
  const student = loadStudent(bytes);
  expect(student.facts).toEqual({ model: name, classes: CLASSES, size, policy: 'squash' });
  const answers = await student.answer(pixels, COUNT);
  student.dispose();
  const model = outlineModel(name, CLASSES.length);
  loadWeights(model, bytes, { where: 'w' });
  const frozen = foldModel(model, inputOf(size));
  const images: ImageSet = { count: COUNT, size, pixels, keys: ['a', 'b', 'c'], labels: new Int32Array(COUNT), classes: CLASSES }; // prettier-ignore
  const { logits } = await predict(frozen, images, { features: false });
  frozen.dispose();
  model.dispose();
  answers.forEach((answer, at) => expect(answer).toBeCloseTo(logits[at] as number, 5));
});

it('takes squares as the weights say, frees what it made, and refuses weights that say too little', async () => {
  const bytes = weightsOf('resnet8', 16, 'keep');
  const { numTensors: before } = tf.memory();
  const student = loadStudent(bytes);
  expect(student.facts.policy).toBe('cover');
  await student.answer(new Uint8Array(16 * 16 * 3), 1);
  student.dispose();
  expect(tf.memory().numTensors).toBe(before);
  const model = createModel('resnet8', { classCount: 2, seed: 1 });
  const unnamed = saveWeights(model, {});
  model.dispose();
  expect(() => loadStudent(unnamed)).toThrow(/do not say what network/);
  expect(() => loadStudent(bytes.subarray(0, 100))).toThrow();
});

it('hides one cell after the other, and says what each cost', () => {
  const square = new Uint8Array(10 * 10 * 3).fill(7);
  const hidden = occludedSquares(square, 10);
  expect(hidden).toHaveLength(64 * 300);
  const greys = Array.from({ length: 64 }, (_, cell) => {
    const own = hidden.subarray(cell * 300, (cell + 1) * 300);
    expect(new Set(own)).toEqual(new Set([7, 128]));
    return own.filter((value) => value === 128).length;
  });
  // Each pixel is under grey once.
  expect(greys.reduce((sum, count) => sum + count, 0)).toBe(300);
  const whole = Float32Array.of(2, 0);
  const drops = occlusionDrops(whole, Float32Array.of(2, 0, 0, 0, 4, 0));
  const share = 1 / (1 + Math.exp(-2));
  expect([...drops].map((drop) => drop.toFixed(6))).toEqual(
    [0, share - 0.5, share - 1 / (1 + Math.exp(-4))].map((drop) => drop.toFixed(6)),
  );
  // In the shares that the page shows beside it.
  const [calibrated] = occlusionDrops(whole, Float32Array.of(0, 0), 2);
  expect(calibrated).toBeCloseTo(1 / (1 + Math.exp(-1)) - 0.5, 6);
});

it('has shares of one, softer by temperature, and finds where two answers differ most', () => {
  const shares = sharesOf([1000, 999, 0]);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(sharesOf([1000, 999, 0], 2)[0]).toBeLessThan(shares[0] as number);
  expect(largestShares([0.2, 0.7, 0.1], CLASSES, 2)).toEqual([
    { className: 'dog', share: 0.7 },
    { className: 'cat', share: 0.2 },
  ]);
  const others = new Map([
    ['dog', 0.6],
    ['cat', 0.25],
  ]);
  expect(largestDifference(CLASSES, [0.2, 0.7, 0.1], others)).toBeCloseTo(0.1, 12);
});
