import { readFields, writeField, writeNumber } from './protobuf';

describe('readFields', () => {
  it('reads what writeField and writeNumber wrote', () => {
    const bytes = Buffer.concat([writeField(13, 'ab'), writeNumber(14, 300)]);
    const found = [...readFields(bytes)].map(({ number, value, bytes: content }) => [number, value, content.length]);
    expect(found).toEqual([
      [13, 0, 2],
      [14, 300, 0],
    ]);
  });

  it('refuses a tag that readers of 32 bits would take for another field', () => {
    // 2^32 and field 13 of type 2: a reader that drops the upper bits sees field 13.
    const tag = [0xea, 0x80, 0x80, 0x80, 0x10];
    expect(() => [...readFields(Uint8Array.from([...tag, 0]))]).toThrow(/overflows/);
    expect(() => [...readFields(Uint8Array.from([0xea, 0x80, 0x80, 0x80, 0x80, 0x00, 0]))]).toThrow(/overflows/);
  });

  it.each([
    ['a length that leads out of the message', [0x0a, 5, 1]],
    ['a group', [0x0b, 0x0c]],
    ['the number 0', [0x02, 0]],
    ['a number that does not end', [0x08, 0x80]],
  ])('refuses %s', (_, bytes) => {
    expect(() => [...readFields(Uint8Array.from(bytes))]).toThrow(RangeError);
  });
});
