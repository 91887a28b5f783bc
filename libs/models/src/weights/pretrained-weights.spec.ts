import type { tf } from '@winnow/tensor';
import { onEngines } from '@winnow/tensor';
import { createModel, type ModelName } from '../create-model';
import { decodeSafetensors } from '../formats/safetensors/decode-safetensors';
import { encodeSafetensors, type WritableTensor } from '../formats/safetensors/encode-safetensors';
import type { Model } from '../model';
import { loadPretrained, pretrainedHead, pretrainedModel, readPretrained } from './pretrained-weights';
import { saveWeights } from './save-weights';
import { weightedModel } from '../spec-support/networks-under-test';

const INPUT = { size: 32, range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] };
const bytesOf = (name: ModelName, header: Record<string, string> = {}) => {
  const model = weightedModel(name);
  const bytes = saveWeights(model, header);
  model.dispose();
  return bytes;
};
/** The same file with other tensors. */
const changed = (bytes: Uint8Array, change: (tensors: Map<string, WritableTensor>) => void) => {
  const tensors = new Map([...decodeSafetensors(bytes).tensors] as [string, WritableTensor][]);
  change(tensors);
  return encodeSafetensors(tensors);
};
const read = (bytes: Uint8Array) => readPretrained(bytes, 'w.safetensors');
const valueOf = (model: Model, name: string) => [...(model.parameters.get(name) as tf.Variable).dataSync()];

onEngines(() => {
  describe('pretrainedHead', () => {
    it('is the classifier of the weights, and none where it holds integers or what is not finite', () => {
      const model = weightedModel('resnet8');
      const weights = read(saveWeights(model, {}));
      const headWith = (data: Float32Array | BigInt64Array) => {
        const tensors = new Map(weights.tensors);
        return pretrainedHead(model, {
          ...weights,
          tensors: tensors.set('fc.bias', {
            dtype: data instanceof BigInt64Array ? 'I64' : 'F32',
            shape: [data.length],
            data,
          }),
        });
      };
      const bias = Float32Array.from(valueOf(model, 'fc.bias'));
      expect(headWith(bias)).toMatchObject({ outputCount: bias.length, bias });
      expect(headWith(new BigInt64Array(bias.length))).toBeNull();
      expect(headWith(bias.map(() => NaN))).toBeNull();
      model.dispose();
    });
  });

  describe('loadPretrained', () => {
    it('takes all but the classifier, whatever its classes are', () => {
      const [pretrained, student] = [weightedModel('mobilenetv1-025'), createModel('mobilenetv1-025', { classCount: 7, seed: 1 })]; // prettier-ignore
      const head = valueOf(student, 'classifier.weight');
      expect(loadPretrained(student, read(saveWeights(pretrained, {})))).toEqual([]);
      expect(valueOf(student, 'classifier.weight')).toEqual(head);
      for (const name of student.parameters.keys()) {
        if (!name.startsWith('classifier')) expect(valueOf(student, name)).toEqual(valueOf(pretrained, name));
      }
      for (const model of [pretrained, student]) model.dispose();
    });

    it("takes others' names, and passes over projectors on either side", () => {
      const wrapped = changed(bytesOf('resnet8+projector-24'), (tensors) => {
        const entries = [...tensors].map(([name, tensor]) => [`module.${name.replace('.shortcut.', '.downsample.')}`, tensor] as const); // prettier-ignore
        tensors.clear();
        for (const [name, tensor] of entries) tensors.set(name, tensor);
        tensors.set('module.bn1.num_batches_tracked', { shape: [1], data: Float32Array.of(3) });
      });
      const student = createModel('resnet8+projector-40', { classCount: 2, seed: 1 });
      const notes = loadPretrained(student, read(wrapped));
      expect(notes).toEqual([expect.stringMatching(/module\./), expect.stringMatching(/downsample.*shortcut.* more/)]);
      const same = weightedModel('resnet8+projector-24');
      expect(valueOf(student, 'layer2.0.shortcut.0.weight')).toEqual(valueOf(same, 'layer2.0.shortcut.0.weight'));
      for (const model of [student, same]) model.dispose();
    });

    it('lists what is missing, left over and of another shape, and the model that fits; nothing is changed', () => {
      const student = createModel('mobilenetv1-05', { classCount: 2, seed: 1 });
      const before = valueOf(student, 'conv_stem.weight');
      expect(() => loadPretrained(student, read(bytesOf('mobilenetv1-025')))).toThrow(
        expect.objectContaining({
          code: 'FORMAT_INVALID',
          message: expect.stringMatching(
            /^The weights are not of mobilenetv1-05\. \d+ of another shape: conv_stem\.weight \(\[8, 3, 3, 3\], not \[16, 3, 3, 3\]\)/,
          ) as unknown,
          next: 'They fit mobilenetv1-025: set student.model.',
        }),
      );
      const damaged = changed(bytesOf('mobilenetv1-05'), (tensors) => {
        tensors.delete('bn1.bias');
        tensors.set('extra.weight', { shape: [1], data: Float32Array.of(1) });
      });
      expect(() => loadPretrained(student, read(damaged))).toThrow(
        'The weights are not of mobilenetv1-05. 1 missing: bn1.bias; 1 left over: extra.weight',
      );
      const infinite = changed(bytesOf('mobilenetv1-05'), (tensors) => void tensors.get('bn1.bias')?.data.fill(Infinity)); // prettier-ignore
      expect(() => loadPretrained(student, read(infinite))).toThrow(/bn1\.bias holds values that are not finite/);
      expect(valueOf(student, 'conv_stem.weight')).toEqual(before);
      student.dispose();
    });
  });

  describe('pretrainedModel', () => {
    it('is what the header names where that fits, else the one that fits', () => {
      expect(pretrainedModel(read(bytesOf('mobilenetv2', { model: 'mobilenetv2+projector-9' })))).toBe('mobilenetv2');
      expect(pretrainedModel(read(bytesOf('mobilenetv1-025', { arch: 'mobilenetv1' })))).toBe('mobilenetv1-025');
      expect(pretrainedModel(read(bytesOf('resnet18')))).toBe('resnet18');
    });

    it('does not guess', () => {
      expect(() => pretrainedModel(read(bytesOf('mobilenetv2')))).toThrow(/fit mobilenetv2-cifar and mobilenetv2/);
      const other = encodeSafetensors(new Map([['a.weight', { shape: [1], data: Float32Array.of(1) }]]));
      expect(() => pretrainedModel(read(other))).toThrow(/none of the architectures/);
    });
  });
}, ['wasm']);

describe('readPretrained', () => {
  it('reads how the pixels were given, as winnow writes it or as a range', () => {
    const input = (metadata: Record<string, string>) => read(encodeSafetensors(new Map(), metadata)).input;
    expect(input({ input: JSON.stringify(INPUT) })).toEqual({ range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] });
    expect(input({ input: '224', range: '-1,1' })).toEqual({ range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] });
    expect(input({ input: '224', range: '1' })).toBeNull();
    expect(input({ input: '224', range: '0,1e400' })).toBeNull();
    expect(input({})).toBeNull();
  });
});
