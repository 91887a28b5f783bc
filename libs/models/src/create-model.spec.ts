import { onEngines, sgdStep, tensorLeak, tf } from '@winnow/tensor';
import { SeededRandom } from '@winnow/random';
import { createModel } from './create-model';
import type { Model, ModelOptions } from './model';

const images = (count: number, size = 8, name = 'images'): tf.Tensor4D => {
  const random = new SeededRandom(name);
  const values = Float32Array.from({ length: count * size * size * 3 }, () => random.normal());
  return tf.tensor4d(values, [count, size, size, 3]);
};
const build = (options: Partial<ModelOptions> = {}): Model =>
  createModel('resnet8', { classCount: 3, seed: 1, ...options });
const values = (model: Model, name: string): Float32Array =>
  (model.parameters.get(name) as tf.Variable).dataSync() as Float32Array;
const scalarLoss = (model: Model, x: tf.Tensor4D, targets: tf.Tensor2D): tf.Scalar =>
  tf.neg(tf.mean(tf.mul(targets, tf.logSoftmax(model.forward(x, { training: true }).logits)))) as tf.Scalar;

function gradientStep(model: Model, x: tf.Tensor4D, targets: tf.Tensor2D, learningRate: number): number {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => scalarLoss(model, x, targets), [...model.trainable]);
    for (const variable of model.trainable) {
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as tf.Tensor, learningRate)));
    }
    return value.dataSync()[0] as number;
  });
}

onEngines(() => {
  describe('createModel', () => {
    it('starts the same for the same seed and otherwise for another', () => {
      const [a, b, c] = [build(), build(), build({ seed: 2 })];
      expect(values(a, 'layer2.0.conv1.weight')).toEqual(values(b, 'layer2.0.conv1.weight'));
      expect(values(a, 'layer2.0.conv1.weight')).not.toEqual(values(c, 'layer2.0.conv1.weight'));
      for (const model of [a, b, c]) model.dispose();
    });

    it('starts with the spread of its initialisers', () => {
      const model = createModel('resnet20', { classCount: 100, seed: 1 });
      const filter = values(model, 'layer3.2.conv2.weight');
      const variance = filter.reduce((sum, value) => sum + value * value, 0) / filter.length;
      expect(variance / (2 / (9 * 64))).toBeCloseTo(1, 1);
      const classifier = values(model, 'fc.weight');
      expect(Math.max(...classifier)).toBeLessThanOrEqual(1 / 8);
      expect(Math.max(...classifier)).toBeGreaterThan(0.124);
      expect(Math.min(...classifier)).toBeLessThan(-0.124);
      model.dispose();
    });

    it('frees everything', () => {
      const before = tf.memory().numTensors;
      build().dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('refuses unknown names and no classes', () => {
      expect(() => createModel('toString' as never, { classCount: 2, seed: 1 })).toThrow(
        /there is no model "toString"/,
      );
      expect(() => build({ classCount: 0 })).toThrow(/0 classes/);
    });
  });
}, ['wasm']);

onEngines(() => {
  describe('a model', () => {
    it('gives logits, features and the last feature map', () => {
      const model = build();
      tf.tidy(() => {
        const { logits, features, featureMap } = model.forward(images(2, 16), { training: false });
        expect([logits.shape, features.shape, featureMap.shape]).toEqual([
          [2, 3],
          [2, 64],
          [2, 4, 4, 64],
        ]);
        const pooled = tf.mean(featureMap, [1, 2]).dataSync();
        features.dataSync().forEach((value, index) => expect(value).toBeCloseTo(pooled[index] as number, 5));
      });
      model.dispose();
    });

    it('halves odd sizes as PyTorch does: 9 to 5 to 3', () => {
      const model = build();
      const shape = tf.tidy(() => model.forward(images(1, 9), { training: false }).featureMap.shape);
      expect(shape).toEqual([1, 3, 3, 64]);
      model.dispose();
    });

    it('judges each image alone in evaluation, and changes nothing', () => {
      const model = build();
      const before = values(model, 'bn1.running_mean').slice();
      tf.tidy(() => {
        const x = images(3);
        const all = model.forward(x, { training: false }).logits.dataSync();
        const first = model.forward(tf.slice4d(x, [0, 0, 0, 0], [1, 8, 8, 3]), { training: false }).logits.dataSync();
        first.forEach((value, index) => expect(value).toBeCloseTo(all[index] as number, 4));
      });
      expect(values(model, 'bn1.running_mean')).toEqual(before);
      model.dispose();
    });

    it('moves the running statistics by a tenth, with the unbiased variance', () => {
      const model = build();
      tf.tidy(() => {
        const x = images(2);
        model.forward(x, { training: true });
        // What bn1 saw: a 3x3 convolution of the padded images, by hand.
        const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
        const filter = tf.tensor4d(values(model, 'conv1.weight'), [3, 3, 3, 16]);
        const seen = Array.from(tf.conv2d(padded as tf.Tensor4D, filter, 1, 'valid').dataSync());
        for (let channel = 0; channel < 16; channel += 1) {
          const mine = seen.filter((_, index) => index % 16 === channel);
          const mean = mine.reduce((sum, value) => sum + value, 0) / mine.length;
          const variance = mine.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (mine.length - 1);
          expect(values(model, 'bn1.running_mean')[channel]).toBeCloseTo(0.1 * mean, 5);
          expect(values(model, 'bn1.running_var')[channel]).toBeCloseTo(0.9 + 0.1 * variance, 4);
        }
      });
      model.dispose();
    });

    it('gives every trainable weight a finite gradient of its shape', () => {
      const model = build();
      tf.tidy(() => {
        const x = images(2, 4);
        const targets = tf.tensor2d([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
        const { grads } = tf.variableGrads(() => scalarLoss(model, x, targets), [...model.trainable]);
        for (const variable of model.trainable) {
          const gradient = grads[variable.name] as tf.Tensor;
          expect(gradient.shape).toEqual(variable.shape);
          expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
        }
      });
      model.dispose();
    });
  });
}, ['tensorflow', 'wasm', 'cpu']);

onEngines(() => {
  describe('training a model', () => {
    it('has the gradient of its finite differences, for layers at both ends', () => {
      const model = build();
      tf.tidy(() => {
        const x = images(4);
        const targets = tf.tensor2d([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]); // prettier-ignore
        const { grads } = tf.variableGrads(() => scalarLoss(model, x, targets), [...model.trainable]);
        for (const name of [
          'conv1.weight',
          'bn1.weight',
          'layer2.0.shortcut.0.weight',
          'layer3.0.bn2.bias',
          'fc.bias',
        ]) {
          const variable = model.parameters.get(name) as tf.Variable;
          const gradient = Array.from((grads[variable.name] as tf.Tensor).dataSync());
          const start = Array.from(variable.dataSync());
          const at = (delta: number): number => {
            const moved = start.map((value, index) => value + delta * Math.sign(gradient[index] as number));
            variable.assign(tf.tensor(moved, variable.shape));
            return scalarLoss(model, x, targets).dataSync()[0] as number;
          };
          // Along the signs of the gradient the slope is the sum of its absolute values.
          const epsilon = 2e-3 / Math.sqrt(start.length);
          const slope = (at(epsilon) - at(-epsilon)) / (2 * epsilon);
          variable.assign(tf.tensor(start, variable.shape));
          const expected = gradient.reduce((sum, value) => sum + Math.abs(value), 0);
          expect(Math.abs(slope - expected) / expected).toBeLessThan(0.05);
        }
      });
      model.dispose();
    });

    it('learns four images in twenty steps', () => {
      const model = build();
      const x = images(4);
      const targets = tf.tensor2d([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]); // prettier-ignore
      const losses = Array.from({ length: 20 }, () => gradientStep(model, x, targets, 0.3));
      expect(losses[19]).toBeLessThan((losses[0] as number) / 2);
      tf.dispose([x, targets]);
      model.dispose();
    });

    it('leaves no tensor behind over twenty steps of stochastic gradient descent', () => {
      const model = build();
      const x = images(4);
      const targets = tf.tensor2d([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]); // prettier-ignore
      const velocities = model.trainable.map((variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable))));
      const options = { learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 5e-4 };
      const counts = Array.from({ length: 20 }, () => {
        const { value, grads } = tf.variableGrads(() => scalarLoss(model, x, targets), [...model.trainable]);
        const gradients = model.trainable.map((variable) => grads[variable.name] as tf.Tensor);
        sgdStep(model.trainable, gradients, velocities, options);
        tf.dispose([value, ...gradients]);
        return tf.memory().numTensors;
      });
      expect(new Set(counts.slice(1)).size).toBe(1);
      tf.dispose([x, targets, ...velocities]);
      model.dispose();
    });

    it('leaves no tensor behind over training steps', () => {
      const model = build();
      const x = images(2);
      const targets = tf.tensor2d([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
      expect(tensorLeak(() => gradientStep(model, x, targets, 0.1))).toBe(0);
      expect(tensorLeak(() => tf.dispose(model.forward(x, { training: true }) as never))).toBe(0);
      tf.dispose([x, targets]);
      model.dispose();
    });
  });
});
