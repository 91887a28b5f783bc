import { startTensorEngine } from '../../start-tensor-engine';
import { describeTrainingMemory, estimateTrainingBytes } from './training-memory';
import type { TrainingLoad } from './training-memory';

const load: TrainingLoad = {
  model: 'resnet10-half',
  classCount: 10,
  size: 224,
  batch: 48,
  accumulate: 1,
  imageBytes: 50 * 3 * 224 ** 2,
};

beforeAll(() => startTensorEngine('wasm', { env: {}, log: () => undefined } as never));

// What `winnow teacher train` held at most (resident, libtensorflow on a CPU, 50 images), MiB.
it.each([
  ['resnet10-half', 224, 16, 951],
  ['resnet10-half', 224, 48, 1743],
  ['mobilenetv2', 112, 48, 2153],
  ['resnet18', 112, 48, 1542],
  ['resnet8', 32, 16, 512],
  // Likewise four steps of `npm run bench -- step train-step`.
  ['mobilenetv3-small', 224, 16, 1015],
  ['mobilenetv3-large', 224, 16, 2068],
  ['efficientnet-b0', 224, 16, 3121],
] as const)('estimates what %s at %i px and batch %i takes to a third', (model, size, batch, mebibytes) => {
  const bytes = estimateTrainingBytes({ ...load, model, size, batch, imageBytes: 50 * 3 * size ** 2 });
  expect(bytes / (mebibytes * 2 ** 20)).toBeGreaterThan(2 / 3);
  expect(bytes / (mebibytes * 2 ** 20)).toBeLessThan(4 / 3);
});

it('counts what an optimiser and an average keep of each weight', () => {
  const one = estimateTrainingBytes({ ...load, model: 'resnet18' });
  const more = estimateTrainingBytes({ ...load, model: 'resnet18', keptPerWeight: 2 });
  expect((more - one) / (2 * 4 * 11.2e6)).toBeCloseTo(1, 2);
});

it('tells of much memory before training, and which accumulate takes less', () => {
  expect(describeTrainingMemory({ ...load, batch: 128 }, 16e9)).toMatch(
    /^Memory: about 3\.\d GB of 16\.0 GB.* train\.accumulate: 4 takes 1\.\d GB, in 4 parts of a batch\.$/,
  );
  expect(describeTrainingMemory({ ...load, batch: 128 }, 4e9)).toMatch(/accumulate: 2 .*much of what there is/);
  expect(describeTrainingMemory({ ...load, size: 32 }, 16e9)).toBeNull();
  expect(describeTrainingMemory({ ...load, size: 1024, batch: 1 }, 2e9)).toBeNull();
});
