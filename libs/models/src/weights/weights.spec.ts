import { onEngines, tf } from '@winnow/tensor';
import { createModel } from '../create-model';
import { decodeSafetensors } from '../formats/safetensors/decode-safetensors';
import { encodeSafetensors } from '../formats/safetensors/encode-safetensors';
import { loadWeights } from './load-weights';
import type { Model } from '../model';
import { saveWeights } from './save-weights';
import { readWeightsMetadata, weightsMetadata } from './weights-metadata';

const where = 'student.safetensors';
const about = {
  model: 'resnet8',
  classes: ['cat', 'dog, wet', 'fox'],
  input: { size: 32, range: [0, 1] as [number, number], mean: [0.4, 0.5, 0.6] as never, std: [0.2, 0.2, 0.2] as never },
};
const build = (seed: number, classCount = 3): Model => createModel('resnet8', { classCount, seed });
const stored = (model: Model) =>
  new Map(
    [...decodeSafetensors(saveWeights(model, {})).tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: data as Float32Array },
    ]),
  );

const bytesOf = (values: unknown) => new Uint8Array((values as Float32Array).slice().buffer);

onEngines(() => {
  describe('weights', () => {
    let model: Model;
    let other: Model;
    beforeAll(() => {
      model = build(1);
      other = build(2);
    });
    afterAll(() => {
      model.dispose();
      other.dispose();
    });

    it('come back as they were saved, running statistics included, without a tensor more', () => {
      tf.tidy(() => void model.forward(tf.randomNormal([2, 8, 8, 3], 0, 1, 'float32', 5), { training: true }));
      const before = tf.memory().numTensors;
      loadWeights(other, saveWeights(model, {}), { where });
      expect(tf.memory().numTensors).toBe(before);
      for (const [name, variable] of model.parameters) {
        const [mine, theirs] = [variable, other.parameters.get(name) as tf.Variable].map((each) => each.dataSync());
        expect(Buffer.compare(bytesOf(mine), bytesOf(theirs))).toBe(0);
      }
    });

    it('are stored in PyTorch layout under PyTorch names', () => {
      const tensors = stored(model);
      expect(tensors.get('conv1.weight')?.shape).toEqual([16, 3, 3, 3]);
      expect(tensors.get('layer2.0.shortcut.0.weight')?.shape).toEqual([32, 16, 1, 1]);
      expect(tensors.get('fc.weight')?.shape).toEqual([3, 64]);
      const ours = model.parameters.get('fc.weight')?.dataSync() as Float32Array;
      expect(tensors.get('fc.weight')?.data[1]).toBe(ours[3]);
    });

    it('are the same bytes for the same weights', () => {
      const bytes = () => saveWeights(model, weightsMetadata(about));
      expect(Buffer.compare(bytes(), bytes())).toBe(0);
    });

    it('keep what they say about themselves', () => {
      const { raw, ...read } = readWeightsMetadata(saveWeights(model, weightsMetadata(about)));
      expect(read).toEqual(about);
      expect(Object.keys(raw)).toEqual(['classes', 'input', 'model']);
    });

    it('may name classes between commas and the model as arch, or say nothing', () => {
      const read = (metadata: Record<string, string>) => readWeightsMetadata(encodeSafetensors(new Map(), metadata));
      expect(read({ classes: 'cat,dog', arch: 'resnet20' })).toMatchObject({
        classes: ['cat', 'dog'],
        model: 'resnet20',
      });
      expect(read({})).toEqual({ model: null, classes: null, input: null, raw: {} });
      // As in ONNX and TF.js: one teacher in three formats has the same classes.
      expect(read({ classes: '["cat ", " dog"]' }).classes).toEqual(['cat', 'dog']);
      for (const bad of [
        { classes: '[1]' },
        { classes: '' },
        { classes: '[' },
        { classes: '["cat", " "]' },
        { input: '{}' },
        { input: 'x' },
      ]) {
        expect(() => read(bad as unknown as Record<string, string>)).toThrow(
          expect.objectContaining({ code: 'FORMAT_INVALID' }),
        );
      }
    });

    it('of another number of classes are refused, naming both', () => {
      const five = build(1, 5);
      const load = () => loadWeights(model, saveWeights(five, {}), { where });
      expect(load).toThrow(/5 classes.*3/);
      expect(load).toThrow(expect.objectContaining({ code: 'TEACHER_MISMATCH', where }));
      five.dispose();
    });

    it('with missing or unexpected names are refused, listing a few', () => {
      const tensors = stored(model);
      tensors.delete('bn1.bias');
      tensors.set('head.weight', { shape: [1], data: Float32Array.of(1) });
      const load = () => loadWeights(model, encodeSafetensors(tensors), { where });
      expect(load).toThrow(/resnet8: they lack bn1\.bias and have the unexpected head\.weight/);
      const deeper = createModel('resnet20', { classCount: 3, seed: 1 });
      expect(() => loadWeights(model, saveWeights(deeper, {}), { where })).toThrow(/layer1\.1\.\S+ and \d+ more/);
      deeper.dispose();
    });

    it('with another shape, integers or NaN are refused and leave the model as it was', () => {
      const before = model.parameters.get('conv1.weight')?.dataSync().slice();
      const nan = stored(model);
      nan.set('fc.bias', { shape: [3], data: Float32Array.of(1, NaN, 2) });
      const wide = stored(model);
      wide.set('bn1.bias', { shape: [1, 16], data: new Float32Array(16) });
      nan.set('conv1.weight', { shape: [16, 3, 3, 3], data: new Float32Array(432) });
      expect(() => loadWeights(model, encodeSafetensors(nan), { where })).toThrow(/fc\.bias .*not finite/);
      expect(() => loadWeights(model, encodeSafetensors(wide), { where })).toThrow(
        /bn1\.bias has shape \[1, 16\], not \[16\]/,
      );
      expect(model.parameters.get('conv1.weight')?.dataSync()).toEqual(before);
    });

    it('may carry batch counters, which are skipped', () => {
      const tensors = stored(model);
      tensors.set('bn1.num_batches_tracked', { shape: [1], data: Float32Array.of(7) });
      expect(() => loadWeights(other, encodeSafetensors(tensors), { where })).not.toThrow();
    });
  });
}, ['wasm']);
