import { onEngines, tf } from '@winnow/tensor';
import type { LossParts, PreparedMethod, TrainingStep } from '../method';
import { smallNetwork, SMALL_INPUT } from '../spec-support/training-under-test';
import { TrainingState, type TrainingStateSettings } from './training-state';
import { weightedLoss } from '../batch-tensors';

const SETTINGS: TrainingStateSettings = {
  optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 5e-4, nesterov: false, betas: [0.9, 0.999], epsilon: 1e-8 },
  headRate: 1,
  layerDecay: 1,
  decayNorms: true,
  ema: 0,
  startShare: 0,
};
const AT = { learningRate: 0.1, step: 0 };

onEngines(() => {
  describe('TrainingState', () => {
    /** Two weights a, b and the losses .5 (a - 1)^2, 2 (a b) and 3 b^2, the last two under one name. */
    function setUp(settings: Partial<TrainingStateSettings> = {}) {
      const model = smallNetwork({ seed: 1 });
      const [a, b] = [tf.scalar(3).variable(true), tf.scalar(-2).variable(true)] as [tf.Variable, tf.Variable];
      const prepared: PreparedMethod = {
        stepsPerEpoch: 1,
        modules: new Map([
          ['a', a],
          ['b', b],
        ]),
        frozen: new Map(),
        notes: [],
        draw: () => [],
        step: () => ({ imagesSeen: 0, losses: [] }),
        dispose: () => undefined,
      };
      const terms = [
        () => ({ name: 'square', weight: 0.5, value: tf.square(tf.sub(a, 1)) as tf.Scalar }),
        () => ({ name: 'rest', weight: 2, value: tf.mul(a, b) as tf.Scalar }),
        () => ({ name: 'rest', weight: 3, value: tf.square(b) as tf.Scalar }),
      ];
      const state = new TrainingState({ model, input: SMALL_INPUT }, prepared, { ...SETTINGS, ...settings });
      const values = () => [a, b].map((variable) => variable.dataSync()[0] as number);
      const dispose = () => {
        state.dispose();
        model.dispose();
        tf.dispose([a, b]);
      };
      return { state, terms, values, dispose };
    }

    const apart = (terms: ReturnType<typeof setUp>['terms']): TrainingStep => ({
      imagesSeen: 4,
      losses: terms.map((term) => () => weightedLoss([term()])),
    });
    const together = (terms: ReturnType<typeof setUp>['terms']): TrainingStep => ({
      imagesSeen: 4,
      losses: [
        (): LossParts => {
          const [square, product, last] = terms.map((term) => term());
          if (!square || !product || !last) throw new Error('three terms');
          const rest = tf.add(tf.mul(product.value, product.weight), tf.mul(last.value, last.weight)) as tf.Scalar;
          return weightedLoss([square, { name: 'rest', weight: 1, value: rest }]);
        },
      ],
    });

    test('moves weights by the gradient of the sum of all losses', () => {
      const { state, terms, values, dispose } = setUp();
      // a: (a - 1) + 2 b = 2 - 4 = -2; b: 2 a + 6 b = 6 - 12 = -6; and the weight decay of each.
      const { loss, parts, imagesSeen } = state.apply([() => apart(terms)], AT);
      expect(loss).toBeCloseTo(2 - 12 + 12, 5);
      expect(parts['square']).toBeCloseTo(2, 5);
      expect(parts['rest']).toBeCloseTo(-12 + 12, 5);
      expect(imagesSeen).toBe(4);
      const [a, b] = values();
      expect(a).toBeCloseTo(3 - 0.1 * (-2 + 5e-4 * 3), 5);
      expect(b).toBeCloseTo(-2 - 0.1 * (-6 + 5e-4 * -2), 5);
      dispose();
    });

    test('does the same with one loss as with its summands, step after step', () => {
      const [one, other] = [setUp(), setUp()];
      for (let step = 0; step < 3; step += 1) {
        const first = one.state.apply([() => apart(one.terms), () => apart(one.terms)], AT);
        const second = other.state.apply([() => together(other.terms), () => together(other.terms)], AT);
        expect(first.loss).toBeCloseTo(second.loss, 4);
        expect(Object.keys(first.parts)).toEqual(Object.keys(second.parts));
        for (const [name, value] of Object.entries(first.parts))
          expect(value).toBeCloseTo(second.parts[name] as number, 4);
        one.values().forEach((value, index) => expect(value).toBeCloseTo(other.values()[index] as number, 5));
      }
      one.dispose();
      other.dispose();
    });

    test('leaves no tensor behind, also where a loss cannot be computed', () => {
      const { state, terms, values, dispose } = setUp();
      const before = tf.memory().numTensors;
      const failing = (): LossParts => {
        throw new Error('no loss');
      };
      const steps: TrainingStep = { ...apart(terms), losses: [...apart(terms).losses, failing] };
      expect(() => state.apply([() => steps], AT)).toThrow('no loss');
      expect(values()).toEqual([3, -2]);
      state.apply([() => apart(terms)], AT);
      expect(tf.memory().numTensors).toBe(before);
      dispose();
    });
  });
});
