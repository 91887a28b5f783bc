import { onEngines, type tf } from '@winnow/tensor';
import { createModel, outlineModel } from '../../create-model';
import { decodeSafetensors } from './decode-safetensors';
import { encodeSafetensors, type WritableTensor } from './encode-safetensors';
import { loadWeights } from '../../weights/load-weights';
import type { Model } from '../../model';
import { saveWeights } from '../../weights/save-weights';
import { adoptSafetensors } from './adopt-safetensors';

const where = 'foreign.safetensors';

/** The model's weights in bfloat16: the upper half of each float32, cut off. */
function inHalf(model: Model, prefix: string): Uint8Array {
  const { tensors } = decodeSafetensors(saveWeights(model, {}));
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const words = new Uint16Array((data as Float32Array).slice().buffer).filter((_, at) => at % 2 === 1);
    const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
    header[prefix + name] = { dtype: 'BF16', shape, data_offsets: [end, end + bytes.length] };
    parts.push(bytes);
    end += bytes.length;
  }
  header[`${prefix}bn1.num_batches_tracked`] = { dtype: 'I64', shape: [], data_offsets: [end, end + 8] };
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, ...parts, Buffer.alloc(8)]);
}

onEngines(() => {
  describe('adoptSafetensors', () => {
    it('takes half precision under a wrapper, and says so', () => {
      const model = createModel('resnet8', { classCount: 3, seed: 1 });
      const other = outlineModel('resnet8', 3);
      const { bytes, notes } = adoptSafetensors(other, inHalf(model, 'module._orig_mod.'), where);
      expect(notes).toEqual([
        'The prefix module._orig_mod. was taken off all names.',
        'Weights in BF16 were written as F32.',
      ]);
      loadWeights(other, bytes, { where });
      const [mine, theirs] = [model, other].map(({ parameters }) => parameters.get('fc.weight') as tf.Variable);
      const wanted = mine?.dataSync() as Float32Array;
      theirs?.dataSync().forEach((value, at) => {
        expect(Math.abs(value - (wanted[at] as number))).toBeLessThan(Math.abs(wanted[at] as number) / 128 + 1e-9);
      });
      model.dispose();
      other.dispose();
    });

    it('leaves to loadWeights what still does not fit, and never lets two tensors be one', () => {
      const model = createModel('resnet8', { classCount: 3, seed: 1 });
      const { tensors } = decodeSafetensors(saveWeights(model, {}));
      const stored = new Map([...tensors].map(([name, tensor]) => [name, tensor as WritableTensor]));
      stored.set('linear.weight', stored.get('fc.weight') as WritableTensor);
      const both = adoptSafetensors(model, encodeSafetensors(stored), where);
      expect(() => loadWeights(model, both.bytes, { where })).toThrow(/unexpected linear\.weight/);
      stored.set('head.weight', stored.get('fc.weight') as WritableTensor);
      stored.delete('fc.weight');
      expect(() => adoptSafetensors(model, encodeSafetensors(stored), where)).toThrow(/Two tensors would be called fc/);
      model.dispose();
    });
  });
}, ['wasm']);
