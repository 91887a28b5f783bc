import fc from 'fast-check';
import { joinBytes, readFields, writeField, writeNumber } from './foreign-protobuf';

const fieldNumber = fc.integer({ min: 1, max: 2 ** 20 });

describe('protobuf', () => {
  it('reads the example of the documentation', () => {
    const message = Uint8Array.of(0x08, 0x96, 0x01, 0x12, 0x07, ...Buffer.from('testing'));
    expect(
      [...readFields(message)].map(({ number, value, bytes }) => [number, value, String(Buffer.from(bytes))]),
    ).toEqual([
      [1, 150, ''],
      [2, 0, 'testing'],
    ]);
  });

  it('reads what it wrote', () => {
    const field = fc.record({ number: fieldNumber, content: fc.oneof(fc.maxSafeNat(), fc.uint8Array()) });
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const written = fields.map(({ number, content }) =>
          typeof content === 'number' ? writeNumber(number, content) : writeField(number, content),
        );
        const read = [...readFields(joinBytes(written))];
        expect(read.map(({ number }) => number)).toEqual(fields.map(({ number }) => number));
        fields.forEach(({ content }, index) => {
          const { value, bytes } = read[index] as (typeof read)[number];
          expect(typeof content === 'number' ? value : [...bytes]).toEqual(
            typeof content === 'number' ? content : [...content],
          );
        });
      }),
    );
  });

  it('ends or throws a RangeError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          for (const field of readFields(bytes)) expect(field.bytes.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
