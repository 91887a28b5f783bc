import fc from 'fast-check';
import { decodeSafetensors } from './decode-safetensors';

/** A file with this header text and these data bytes. */
function file(header: string, data: readonly number[] = [], claimedBytes?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimedBytes ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: readonly number[], range: readonly number[]) =>
  JSON.stringify({ dtype, shape, data_offsets: range });
const only = (bytes: Uint8Array) => decodeSafetensors(bytes).tensors.get('a');

describe('decodeSafetensors', () => {
  it('reads every number format', () => {
    expect(only(file(`{"a":${entry('F32', [1], [0, 4])}}`, [0, 0, 0x80, 0x3f]))?.data).toEqual(Float32Array.of(1));
    expect(only(file(`{"a":${entry('BF16', [1], [0, 2])}}`, [0x20, 0xc0]))?.data).toEqual(Float32Array.of(-2.5));
    const double = [...new Uint8Array(Float64Array.of(0.1).buffer)];
    expect(only(file(`{"a":${entry('F64', [1], [0, 8])}}`, double))?.data).toEqual(Float64Array.of(0.1));
    const long = [...new Uint8Array(BigInt64Array.of(-7n).buffer)];
    expect(only(file(`{"a":${entry('I64', [], [0, 8])}}`, long))?.data).toEqual(BigInt64Array.of(-7n));
  });

  it('reads half floats: normal, subnormal, infinite, not a number', () => {
    const bits = Uint16Array.of(0x3c00, 0xc500, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x7e00);
    const bytes = file(`{"a":${entry('F16', [9], [0, 18])}}`, [...new Uint8Array(bits.buffer)]);
    const expected = [1, -5, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, -0, NaN];
    expect([...(only(bytes)?.data as Float32Array)]).toEqual(expected);
  });

  it.each([
    ['an ONNX file', Buffer.from('\x08\x08\x12\x07pytorch\x1a\x052.9.0'), /winnow teacher import m\.pt --out teacher/],
    ['a file of torch.save', Buffer.from('PK\x03\x04\0\0\x08\x08\0\0'), /save_file/],
    ['a file of torch.save', Buffer.from('\x80\x02}q\0(X\x01\0\0\0', 'latin1'), /save_file/],
  ])('knows %s when it is given one', (name, bytes, next) => {
    expect(() => decodeSafetensors(bytes, 'm.pt')).toThrow(
      expect.objectContaining({
        message: `This is ${name}, not safetensors`,
        where: 'm.pt',
        next: expect.stringMatching(next),
      }),
    );
  });

  it('reads metadata, padding after the header, empty and scalar tensors', () => {
    const header = `{"__metadata__":{"k":"v"},"none":${entry('F32', [0, 3], [0, 0])},"one":${entry('F32', [], [0, 4])}}   `;
    const { tensors, metadata } = decodeSafetensors(file(header, [0, 0, 0, 0]));
    expect(metadata).toEqual({ k: 'v' });
    expect(tensors.get('none')?.data).toHaveLength(0);
    expect(tensors.get('one')?.shape).toEqual([]);
  });

  it('reads numbers that lie anywhere in a Buffer, and copies them', () => {
    const header = `{"a":${entry('F32', [1], [0, 4])}}`;
    const bytes = Buffer.concat([Buffer.alloc(1), file(header, [0, 0, 0x80, 0x3f])]).subarray(1);
    const read = only(bytes)?.data;
    bytes.fill(0);
    expect(read).toEqual(Float32Array.of(1));
  });

  const f32 = (shape: readonly number[], range: readonly number[]) => entry('F32', shape, range);
  it.each([
    ['too short for its length', Uint8Array.of(1, 0, 0)],
    ['header longer than the file', file('{}', [], 3)],
    ['header length beyond all limits', file('{}', [], Number.MAX_SAFE_INTEGER)],
    ['header that is not JSON', file('{"a"')],
    ['header that is not UTF-8', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff])],
    ['header that is a list', file('[]')],
    ['entry that is no object', file('{"a":3}')],
    ['unknown dtype', file(`{"a":${entry('toString', [1], [0, 4])}}`, [0, 0, 0, 0])],
    ['unknown key', file('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}', [0, 0, 0, 0])],
    ['negative size', file(`{"a":${f32([-1], [0, 4])}}`, [0, 0, 0, 0])],
    ['fractional size', file(`{"a":${f32([0.5], [0, 2])}}`, [0, 0])],
    ['sizes whose product overflows', file(`{"a":${f32([2 ** 52, 2 ** 52], [0, 4])}}`, [0, 0, 0, 0])],
    ['range that ends outside', file(`{"a":${f32([2], [0, 8])}}`, [0, 0, 0, 0])],
    ['range that runs backwards', file(`{"a":${f32([1], [4, 0])}}`, [0, 0, 0, 0])],
    ['range of another size', file(`{"a":${f32([2], [0, 4])}}`, [0, 0, 0, 0])],
    ['three offsets', file(`{"a":${f32([1], [0, 4, 4])}}`, [0, 0, 0, 0])],
    ['overlap', file(`{"a":${f32([1], [0, 4])},"b":${f32([1], [0, 4])}}`, [0, 0, 0, 0])],
    ['gap', file(`{"a":${f32([1], [4, 8])}}`, [0, 0, 0, 0, 0, 0, 0, 0])],
    ['bytes at the end that belong to nothing', file(`{"a":${f32([1], [0, 4])}}`, [0, 0, 0, 0, 9])],
    ['metadata that is not texts', file('{"__metadata__":{"a":1}}')],
  ])('refuses a file with: %s', (_what, bytes) => {
    expect(() => decodeSafetensors(bytes, 'bad.safetensors')).toThrow(
      expect.objectContaining({ code: 'FORMAT_INVALID', where: 'bad.safetensors' }),
    );
  });

  it('answers any bytes with FORMAT_INVALID or a file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string(), (noise, text) => {
        for (const bytes of [noise, file(text), file(`{"a":${text}}`)]) {
          try {
            decodeSafetensors(bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: 'FORMAT_INVALID' });
          }
        }
      }),
    );
  });
});
