import fc from 'fast-check';

import { crc32c, encodeScalarEvents, maskedCrc32c } from './scalar-events';

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the usual check value.
  it.each([
    ['the digits 1 to 9', Uint8Array.from(Buffer.from('123456789')), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('agrees with division bit by bit', () => {
    const naive = (bytes: Uint8Array): number => {
      let rest = 0xffffffff;
      for (const byte of bytes) {
        for (let bit = 0; bit < 8; bit += 1) {
          const odd = (rest ^ (byte >>> bit)) & 1;
          rest = (rest >>> 1) ^ (odd === 1 ? 0x82f63b78 : 0);
        }
      }
      return ~rest >>> 0;
    };
    fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32c(bytes) === naive(bytes)));
  });

  it('masks by rotating and adding', () => {
    // 0xe3069283 rotated right by 15 is 0x2507c60d; plus 0xa282ead8 is 0xc78ab0e5.
    expect(maskedCrc32c(Uint8Array.from(Buffer.from('123456789')))).toBe(0xc78ab0e5);
  });
});

describe('encodeScalarEvents', () => {
  it('writes a version and a scalar, byte by byte', () => {
    const bytes = Buffer.from(encodeScalarEvents([{ tag: 'a', step: 300, value: 1.5, wallSeconds: 2 }], 1));
    const version = '09000000000000f03f' + '1a0d' + Buffer.from('brain.Event:2').toString('hex');
    const event = '090000000000000040' + '10ac02' + '2a0a' + '0a08' + '0a0161' + '150000c03f';
    expect(bytes.readBigUInt64LE(0)).toBe(BigInt(version.length / 2));
    expect(bytes.subarray(12, 12 + 24).toString('hex')).toBe(version);
    const second = bytes.subarray(24 + 16);
    expect(second.readBigUInt64LE(0)).toBe(BigInt(event.length / 2));
    expect(second.readUInt32LE(8)).toBe(maskedCrc32c(Uint8Array.from(second.subarray(0, 8))));
    expect(second.subarray(12, -4).toString('hex')).toBe(event);
    expect(second.readUInt32LE(second.length - 4)).toBe(maskedCrc32c(Uint8Array.from(second.subarray(12, -4))));
  });

  it('writes a diverged value, which single precision cannot hold, as infinite', () => {
    const bytes = encodeScalarEvents([{ tag: 'a', step: 1, value: 1e39, wallSeconds: 2 }], 1);
    expect(Buffer.from(bytes).readFloatLE(bytes.length - 8)).toBe(Infinity);
  });

  it('is empty but for the version without events', () => {
    expect(encodeScalarEvents([], 0)).toHaveLength(24 + 16);
  });
});
