import type { ImageSet } from '@winnow/contracts';
import { defaultCacheDir, startEngine, tf } from '@winnow/tensor';
import type { FrozenNetwork } from './frozen-network';
import { requireFeatures, unitFeatures } from './unit-features';

/** One pixel an image; its red, green and blue byte are the features. */
function network(scale: number): FrozenNetwork {
  return {
    input: { size: 1, range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1] },
    classCount: 1,
    featureDim: 3,
    outputs: (images) => {
      const features = tf.mul(images.reshape([images.shape[0], 3]), scale) as tf.Tensor2D;
      return { logits: tf.zeros([images.shape[0], 1]), features, featureMap: images };
    },
    dispose: () => undefined,
  };
}

function pictures(...pixels: number[][]): ImageSet {
  return {
    count: pixels.length,
    size: 1,
    pixels: Uint8Array.from(pixels.flat()),
    keys: pixels.map((_, row) => `image ${row}`),
    labels: new Int32Array(pixels.length),
    classes: ['any'],
  };
}

describe('unitFeatures', () => {
  beforeAll(() => startEngine('cpu', { cacheDir: defaultCacheDir({}), log: () => undefined }));

  it('scales each row to length one, also where squares would overflow, and keeps zeros', async () => {
    const images = pictures([3, 0, 4], [0, 0, 0], [255, 255, 255]);
    const third = Math.fround(Math.sqrt(1 / 3));
    for (const scale of [1, 1e-30, 1e30]) {
      const rows = await unitFeatures(network(scale), images);
      expect(rows).toHaveLength(3);
      [0.6, 0, 0.8].forEach((value, index) => expect(rows[0]?.[index]).toBeCloseTo(value, 6));
      expect([...(rows[1] as Float32Array)]).toEqual([0, 0, 0]);
      (rows[2] as Float32Array).forEach((value) => expect(value).toBeCloseTo(third, 6));
    }
  });

  it('refuses numbers that are none, naming the image, and a network without features', async () => {
    await expect(unitFeatures(network(Infinity), pictures([1, 1, 1]))).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      where: 'image image 0',
    });
    await expect(unitFeatures(network(NaN), pictures([1, 1, 1]))).rejects.toMatchObject({ code: 'TEACHER_MISMATCH' });
    await expect(unitFeatures({ ...network(1), featureDim: 0 }, pictures([1, 1, 1]))).rejects.toMatchObject({
      message: expect.stringContaining('only logits'),
    });
    expect(() => requireFeatures(network(1))).not.toThrow();
  });
});
