import { onEngines, tf } from '@winnow/tensor';
import { averageDecay, WeightAverage } from './weight-average';

// timm.utils.ModelEmaV3(model, decay=0.9998, use_warmup=True).get_decay(step)
it.each([
  [1, 0],
  [2, 0.3700394750525634],
  [9, 0.7688795752164551],
  [28, 0.8915503938615834],
  [1001, 0.9900066611604],
  [5_000_000, 0.9998],
])('warms the decay up: after %i updates it is %d', (updates, expected) => {
  expect(averageDecay(0.9998, updates)).toBeCloseTo(expected, 9);
});

onEngines(() => {
  it('follows the weights, stands in for them for a while and in the end', async () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const before = tf.memory().numTensors;
    const average = new WeightAverage(new Map([['w', weight]]), 0.5);
    const values = () => [...weight.dataSync()];
    const averaged = () => [...(average.tensors.get('average/w') as tf.Variable).dataSync()];
    // The first update copies.
    tf.tidy(() => weight.assign(tf.tensor1d([3, 4])));
    average.update(1);
    expect(averaged()).toEqual([3, 4]);
    tf.tidy(() => weight.assign(tf.tensor1d([5, 0])));
    average.update(28);
    expect(averaged()).toEqual([4, 2]);
    await expect(average.during(() => Promise.resolve(values()))).resolves.toEqual([4, 2]);
    expect(values()).toEqual([5, 0]);
    const failing = average.during(() => Promise.reject(new Error('stopped')));
    await expect(failing).rejects.toThrow('stopped');
    expect(values()).toEqual([5, 0]);
    average.take();
    expect(values()).toEqual([4, 2]);
    average.dispose();
    expect(tf.memory().numTensors).toBe(before);
    weight.dispose();
  });
});
