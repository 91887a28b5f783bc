import fc from 'fast-check';
import { rowsWithin } from './digest-parts';

/** Few different digits, so that parts are found often, across the ends of digests too. */
const digests = fc.array(fc.stringMatching(/^[01]{64}$/), { minLength: 1, maxLength: 12 });

it('finds what the text of each digest has, wherever a part begins', () => {
  fc.assert(
    fc.property(digests, fc.nat(), fc.integer({ min: 1, max: 20 }), (hex, from, length) => {
      const text = hex.join('');
      const start = from % Math.max(1, text.length - length);
      const part = text.slice(start, start + length);
      const columns = { digest: Uint8Array.from(Buffer.from(text, 'hex')), count: hex.length };
      expect([...rowsWithin(columns, part)]).toEqual(hex.map((digest) => (digest.includes(part) ? 1 : 0)));
    }),
    { seed: 23, numRuns: 1000 },
  );
});

it('finds nothing that is no digit', () => {
  const columns = { digest: new Uint8Array(64), count: 2 };
  expect(['0x0', 'zz', '000z', '0'.repeat(65)].map((part) => [...rowsWithin(columns, part)])).toEqual(
    Array(4).fill([0, 0]),
  );
});
