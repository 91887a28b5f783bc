import { onEngines, tf } from '@winnow/tensor';
import type { ExternalNetwork } from '../external/external-network';
import { zeroShotNetwork } from './zero-shot-network';
import type { TextEmbeddings } from './zero-shot-text';

/** Its embedding of an image is the mean colour. */
function colourTower(): ExternalNetwork & { isOpen(): boolean } {
  let open = true;
  return {
    classCount: 3,
    featureDim: 3,
    forward: (images) => {
      const features = tf.mean(images, [1, 2]) as tf.Tensor2D;
      return { logits: features, features, featureMap: null };
    },
    dispose: () => {
      open = false;
    },
    isOpen: () => open,
  };
}
const TEXT: TextEmbeddings = {
  classes: ['red', 'green', 'yellow', 'blue'],
  dim: 3,
  values: Float32Array.of(1, 0, 0, 0, 1, 0, Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0, 1),
  logitScale: 100,
};

onEngines(() => {
  it('zeroShotNetwork gives scaled cosines less their mean, and features of length 1', () => {
    const before = tf.memory().numTensors;
    const network = zeroShotNetwork(colourTower(), TEXT, { scale: 100, where: 'text' });
    expect([network.classCount, network.featureDim]).toEqual([4, 3]);
    const colours = [
      [3, 4, 0],
      [0.1, 0.1, 0.9],
      [0, 0, 0],
    ];
    tf.tidy(() => {
      const images = tf.tile(tf.tensor4d(colours.flat(), [3, 1, 1, 3]), [1, 4, 4, 1]);
      const outputs = network.forward(images);
      const [logits, features] = [outputs.logits.arraySync(), outputs.features.arraySync()];
      colours.forEach((colour, row) => {
        const length = Math.hypot(...colour);
        const unit = colour.map((value) => (length === 0 ? 0 : value / length));
        const cosines = TEXT.classes.map((_, name) =>
          unit.reduce((sum, value, at) => sum + value * (TEXT.values[name * 3 + at] as number), 0),
        );
        const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
        cosines.forEach((cosine, name) => expect(logits[row]?.[name]).toBeCloseTo(100 * (cosine - mean), 3));
        unit.forEach((value, at) => expect(features[row]?.[at]).toBeCloseTo(value, 5));
      });
      expect(outputs.featureMap).toBeNull();
    });
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('zeroShotNetwork refuses texts of another network, and leaves nothing open', () => {
    const tower = colourTower();
    const text = { ...TEXT, dim: 2, values: TEXT.values.subarray(0, 8) };
    expect(() => zeroShotNetwork(tower, text, { scale: 100, where: 'text' })).toThrow(
      expect.objectContaining({ code: 'TEACHER_MISMATCH', message: expect.stringMatching(/have 3 .* 2$/) as string }),
    );
    expect(tower.isOpen()).toBe(false);
  });
});
