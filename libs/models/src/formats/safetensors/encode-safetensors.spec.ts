import fc from 'fast-check';
import { decodeSafetensors } from './decode-safetensors';
import { encodeSafetensors } from './encode-safetensors';

describe('encodeSafetensors', () => {
  it('writes the bytes that the format prescribes', () => {
    const bytes = encodeSafetensors(new Map([['a', { shape: [1], data: Float32Array.of(1) }]]), { k: 'v' });
    const header = '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect([...bytes.slice(0, 8)]).toEqual([padded.length, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.slice(8, 8 + padded.length))).toBe(padded);
    expect([...bytes.slice(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('gives the same bytes whatever the order of tensors and metadata', () => {
    const one = { shape: [1], data: Float32Array.of(1) };
    const two = { shape: [2], data: Float32Array.of(2, 3) };
    const forth = encodeSafetensors(new Map([['a', one], ['b', two]]), { x: '1', y: '2' }); // prettier-ignore
    const back = encodeSafetensors(new Map([['b', two], ['a', one]]), { y: '2', x: '1' }); // prettier-ignore
    expect(back).toEqual(forth);
  });

  it('is undone by decodeSafetensors, hostile names included', () => {
    const names = fc.constantFrom('__proto__', 'a"b', 'ü', '', 'constructor', 'w.0');
    const data = fc.float32Array({ maxLength: 6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(names, data)), fc.dictionary(names, fc.string()), (items, metadata) => {
        const tensors = new Map(items.map(([name, values]) => [name, { shape: [values.length], data: values }]));
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect(new Set(read.tensors.keys())).toEqual(new Set(tensors.keys()));
        for (const [name, { shape, data: values }] of tensors) {
          expect(read.tensors.get(name)).toEqual({ dtype: 'F32', shape, data: values });
        }
      }),
    );
  });

  it('refuses a shape that does not fit and the reserved name', () => {
    const data = Float32Array.of(1, 2);
    expect(() => encodeSafetensors(new Map([['a', { shape: [3], data }]]))).toThrow(/\[3\] has 2 values/);
    expect(() => encodeSafetensors(new Map([['__metadata__', { shape: [2], data }]]))).toThrow(/__metadata__/);
  });
});
