import type { StoredImage } from '@winnow/db';
import { picturesToConfirm } from './pictures-to-confirm';

const image = (sha256: string, side: number, pdq: string | null): StoredImage => ({
  sha256,
  width: side,
  height: side + 10,
  pdq,
  measures: null,
  pdqQuality: 100,
  pixelSha256: sha256,
  sizeBytes: 1,
  mime: 'image/png',
  decodeOutcome: null,
  provenance: [],
});
const zeros = '0'.repeat(64);
const fewBits = `f${'0'.repeat(63)}`;
const ones = 'f'.repeat(64);

it('takes the small pictures and what is near them, whatever its size', () => {
  const originals = [
    image('small', 40, zeros),
    image('large-near', 900, fewBits),
    image('large-far', 900, ones),
    image('broken', 40, null),
  ];
  expect([...picturesToConfirm(originals, { belowPixels: 64, radiusBits: 31 })].sort()).toEqual([
    'large-near',
    'small',
  ]);
  expect(picturesToConfirm(originals, { belowPixels: 16, radiusBits: 31 }).size).toBe(0);
});
