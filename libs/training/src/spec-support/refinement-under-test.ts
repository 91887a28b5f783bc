import type { ImageSet } from '@winnow/contracts';
import { createModel, type Model } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { foldModel, type FrozenTeacher } from '../teacher/frozen-network';
import { METHODS } from '../methods';
import { train } from '../loop/train';
import { SMALL_INPUT } from './training-under-test';

/** For specs: images of 8 px, a class a channel, which noise all but hides; of the labels a fraction is wrong. */
export function noisyImages(
  count: number,
  { wrong, seed }: { readonly wrong: number; readonly seed: string },
): ImageSet {
  const random = new SeededRandom(seed);
  const { size } = SMALL_INPUT;
  const pixels = Uint8Array.from({ length: count * size * size * 3 }, (_, at) => {
    const image = Math.floor(at / (size * size * 3));
    return random.int(140) + (at % 3 === image % 3 ? 24 : 0);
  });
  const labels = Int32Array.from({ length: count }, (_, image) => (random.next() < wrong ? random.int(3) : image % 3));
  return { count, size, pixels, keys: Array.from(labels, (_, at) => `image-${at}`), labels, classes: ['r', 'g', 'b'] };
}

/** For specs: a network of ours that has learnt from few images, and knows about half of what there is to know. */
export async function briefTeacher(): Promise<{ readonly teacher: FrozenTeacher; readonly dispose: () => void }> {
  const model: Model = createModel('resnet8', { classCount: 3, seed: 'teacher' });
  await train({
    method: METHODS.ce,
    data: { images: noisyImages(40, { wrong: 0, seed: 'teacher' }), split: null },
    teacher: null,
    student: { model, input: SMALL_INPUT },
    options: { epochs: 6, batch: 20, seed: 1, learningRate: 0.02 },
  });
  const teacher = foldModel(model, SMALL_INPUT);
  const dispose = (): void => {
    teacher.dispose();
    model.dispose();
  };
  return { teacher, dispose };
}
