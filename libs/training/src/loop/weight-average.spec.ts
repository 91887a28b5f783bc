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
  // timm.utils.ModelEmaV3(BatchNorm1d(1), decay=0.5, use_warmup=True), weight k * k and running mean -k before update k.
  it('averages weights and running statistics as timm does', () => {
    const parameters = new Map(['weight', 'running_mean'].map((name) => [name, tf.variable(tf.tensor1d([7]))]));
    const [weight, mean] = [...parameters.values()] as [tf.Variable, tf.Variable];
    const average = new WeightAverage(parameters, { decay: 0.5 });
    const found = [1, 2, 3, 4].map((update) => {
      tf.tidy(() => weight.assign(tf.tensor1d([update * update])));
      tf.tidy(() => mean.assign(tf.tensor1d([-update])));
      average.update(update);
      return [...average.tensors.values()].map((tensor) => tensor.dataSync()[0] as number);
    });
    const expected = [[1, -1], [2.8898816, -1.6299605], [5.9449406, -2.3149803], [10.9724703, -3.1574903]]; // prettier-ignore
    found.flat().forEach((value, index) => expect(value).toBeCloseTo(expected.flat()[index] as number, 5));
    average.dispose();
    tf.dispose([weight, mean]);
  });

  it('follows the weights, stands in for them for a while and in the end', async () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const before = tf.memory().numTensors;
    const average = new WeightAverage(new Map([['w', weight]]), { decay: 0.5 });
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

  it('ends between the average, or the last weights, and the start', async () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const values = () => [...weight.dataSync()];
    const before = tf.memory().numTensors;
    const average = new WeightAverage(new Map([['w', weight]]), { decay: 0, startShare: 0.25 });
    expect([...average.tensors.keys()]).toEqual(['average/w', 'start/w']);
    tf.tidy(() => weight.assign(tf.tensor1d([5, -2])));
    average.update(1);
    await expect(average.during(() => Promise.resolve(values()))).resolves.toEqual([4, -1]);
    expect(values()).toEqual([5, -2]);
    average.take();
    expect(values()).toEqual([4, -1]);
    average.dispose();
    expect(tf.memory().numTensors).toBe(before);
    weight.dispose();
  });
});
