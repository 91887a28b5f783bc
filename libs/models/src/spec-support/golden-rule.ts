import { encodeSafetensors, type WritableTensor } from '../formats/safetensors/encode-safetensors';

const { imul } = Math;
const MULTIPLIERS = [0x01000193, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const;

/** Numbers in [-1, 1) from a name: FNV-1a of it, then MurmurHash3's finaliser of that and the index. For specs. */
export function hashed(name: string, size: number): Float64Array {
  const [prime, golden, first, second] = MULTIPLIERS;
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) start = imul(start ^ byte, prime);
  const values = new Float64Array(size);
  for (let index = 0; index < size; index += 1) {
    let h = (imul(index, golden) + start) | 0;
    h = imul(h ^ (h >>> 16), first);
    h = imul(h ^ (h >>> 13), second);
    values[index] = ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

/**
 * A safetensors file whose weights follow from their names alone, as in tools/goldens/models.py.
 * @param shapes in PyTorch's layout, by PyTorch's name
 * @param gain of the convolutions' and the classifier's spread
 */
export function ruleWeights(shapes: Readonly<Record<string, readonly number[]>>, gain: number): Uint8Array {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, WritableTensor] => {
    const values = hashed(name, sizeOf(shape));
    const [offset, factor] = scale(name, shape, gain);
    const data = new Float32Array(values.length);
    for (let at = 0; at < data.length; at += 1) data[at] = offset + (values[at] as number) * factor;
    return [name, { shape, data }];
  });
  return encodeSafetensors(new Map(tensors), {});
}

/** What a number in [-1, 1) becomes: times the second, and the first added. */
function scale(name: string, shape: readonly number[], gain: number): readonly [offset: number, factor: number] {
  if (shape.length > 1) return [0, gain * Math.sqrt(3 / sizeOf(shape.slice(1)))];
  if (name.endsWith('running_var')) return [1, 1 / 2];
  if (name.endsWith('weight')) return [1, 1 / 4];
  return [0, 1 / 5];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
