import type { tf } from '@winnow/tensor';
import { onEngines } from '@winnow/tensor';
import { inputTensor } from './input-tensor';
import { normalisePixels } from './loader/normalise-pixels';
import { SMALL_INPUT } from './spec-support/training-under-test';

const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, at) => at);
const valuesOf = (tensor: tf.Tensor): number[] => {
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
};

onEngines(() => {
  it('gives two networks the same pixels, each by its own normalisation', () => {
    const values = normalisePixels(pixels, SMALL_INPUT);
    const view = { count: 1, size: 8, pixels, normalised: { input: SMALL_INPUT, values } };
    expect(valuesOf(inputTensor(view, SMALL_INPUT))).toEqual([...values]);
    const other = { ...SMALL_INPUT, range: [-1, 1] as [number, number] };
    expect(valuesOf(inputTensor(view, other))).toEqual([...normalisePixels(pixels, other)]);
  });

  it('refuses images of another size', () => {
    expect(() => inputTensor({ count: 1, size: 8, pixels }, { ...SMALL_INPUT, size: 16 })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
}, ['wasm']);
