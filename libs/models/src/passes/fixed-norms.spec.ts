import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { createModel } from '../create-model';
import { withFixedNorms } from './fixed-norms';

const NAMES = ['resnet8', 'mobilenetv1-025', 'wrn-16-1'] as const;

onEngines(() => {
  it.each(NAMES)('trains %s by running statistics, which stay, and sees what an evaluation sees', (name) => {
    const model = createModel(name, { classCount: 3, seed: 2 });
    const images = tf.randomNormal<tf.Rank.R4>([4, 32, 32, 3], 0, 1, 'float32', 5);
    // Once by the batch's own, so that the running ones are not those of the start.
    tf.tidy(() => void model.forward(images, { training: true }));
    const running = () =>
      [...model.parameters].flatMap(([key, value]) => (key.includes('running') ? [[...value.dataSync()]] : []));
    const before = running();
    const fixed = withFixedNorms(model, { trainsAffine: true });
    const outputs = (network: typeof model, training: boolean) => {
      const { logits, ...rest } = network.forward(images, { training });
      const values = [...logits.dataSync()];
      tf.dispose([logits, ...Object.values(rest)]);
      return values;
    };
    const expected = outputs(model, false);
    outputs(fixed, true).forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 4));
    expect(outputs(fixed, false)).toEqual(expected);
    expect(fixed.trainable).toEqual(model.trainable);
    const loss = () => fixed.forward(images, { training: true }).logits.square().sum() as tf.Scalar;
    expect(tensorLeak(() => tf.dispose(tf.variableGrads(loss, [...fixed.trainable]) as never))).toBe(0);
    expect(running()).toEqual(before);
    images.dispose();
    model.dispose();
  });

  it('leaves scales and offsets out of what is trained where they are frozen too', () => {
    const model = createModel('resnet8', { classCount: 3, seed: 2 });
    const names = new Map([...model.parameters].map(([key, value]) => [value, key]));
    const frozen = withFixedNorms(model, { trainsAffine: false });
    const trained = frozen.trainable.map((variable) => names.get(variable));
    expect(trained).toContain('fc.bias');
    const norms = ['bn1.weight', 'layer2.0.bn2.bias', 'layer2.0.shortcut.1.weight'];
    expect(norms.map((name) => [model.parameters.has(name), trained.includes(name)])).toEqual(norms.map(() => [true, false])); // prettier-ignore
    expect(trained.length).toBeLessThan(model.trainable.length);
    model.dispose();
  });
});
