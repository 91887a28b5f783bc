import fc from 'fast-check';
import { codePoints, coloursOf, withChosen } from './map-colours';
import type { MapPoints } from './map-points';
import { countBits, isSet, mapPointsOf, MAX_NUMBER, nearestPoint } from './map-points';
import { PLANES } from './map-view';
import { CHOSEN, COLOUR_BITS, VISIBLE } from './point-painter';

const CLASSES = Array.from({ length: 20 }, (_, index) => `class ${index}`);
const imageArbitrary = fc.record({
  closed: fc.nat(32_767),
  open: fc.nat(32_767),
  given: fc.nat(19),
  refined: fc.nat(19),
  kind: fc.nat(2),
  isVisible: fc.boolean(),
  isChosen: fc.boolean(),
});
const imagesArbitrary = fc.array(imageArbitrary, { maxLength: 60 });
type Images = readonly (typeof imageArbitrary extends fc.Arbitrary<infer Image> ? Image : never)[];

/** As the server writes them. */
function pointsOf(images: Images): MapPoints {
  const bytes = Buffer.alloc(images.length * 9);
  images.forEach(({ closed, open, given, refined, kind }, row) => {
    bytes.writeUInt16LE(closed, 4 * row);
    bytes.writeUInt16LE(open, 4 * row + 2);
    bytes.writeUInt16LE(given, 4 * images.length + 2 * row);
    bytes.writeUInt16LE(refined, 6 * images.length + 2 * row);
    bytes.writeUInt8(kind, 8 * images.length + row);
  });
  return mapPointsOf(new Uint8Array(bytes).buffer);
}

function bitsOf(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, row) => {
    if (flag) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return bits;
}

describe('points of a map', () => {
  it('have a byte each: visible, chosen, a colour; and are counted by colour', () => {
    fc.assert(
      fc.property(imagesArbitrary, fc.constantFrom('kind' as const, 'given' as const), (images, colouring) => {
        const points = pointsOf(images);
        const visible = bitsOf(images.map(({ isVisible }) => isVisible));
        const chosen = bitsOf(images.map(({ isChosen, isVisible }) => isChosen && isVisible));
        expect(countBits(visible)).toBe(images.filter(({ isVisible }) => isVisible).length);
        const colours = coloursOf(colouring, points, { classes: CLASSES, states: null });
        const { codes: plain, counts } = codePoints(colours, points.count, visible);
        const codes = withChosen(plain, chosen);
        images.forEach(({ kind, given, isVisible, isChosen }, row) => {
          const code = codes[row] ?? 0;
          expect([(code & VISIBLE) !== 0, (code & CHOSEN) !== 0]).toEqual([isVisible, isVisible && isChosen]);
          if (!isVisible) return;
          const { value } = colours.colours[code & COLOUR_BITS] ?? {};
          if (value !== null)
            expect(value).toBe(colouring === 'kind' ? ['clean', 'closed', 'open'][kind] : CLASSES[given]);
        });
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(countBits(visible));
        // Twelve classes have a colour of their own, the others one.
        expect(colours.colours).toHaveLength(colouring === 'kind' ? 3 : 13);
      }),
      { seed: 23, numRuns: 100 },
    );
  });

  it('are found next to a place, those alone that are visible', () => {
    fc.assert(
      fc.property(imagesArbitrary, fc.nat(MAX_NUMBER), fc.nat(MAX_NUMBER), (images, x, y) => {
        const visible = bitsOf(images.map(({ isVisible }) => isVisible));
        const [closed, open] = [x / MAX_NUMBER, y / MAX_NUMBER];
        const distance = (image: Images[number]): number => {
          const [byClosed, byOpen] = [image.closed / MAX_NUMBER - closed, image.open / MAX_NUMBER - open];
          return Math.hypot(byClosed + byOpen / 2, (byOpen * Math.sqrt(3)) / 2);
        };
        const near = images.filter((image) => image.isVisible && distance(image) < 0.1).map(distance);
        const row = nearestPoint(pointsOf(images), visible, { place: [closed, open], plane: PLANES.triangle }, 0.1);
        if (near.length === 0) return expect(row).toBeNull();
        expect(isSet(visible, row ?? -1)).toBe(true);
        return expect(distance(images[row ?? -1] as Images[number])).toBeCloseTo(Math.min(...near), 9);
      }),
      { seed: 24, numRuns: 200 },
    );
  });

  it('have colours by doubt and by what was decided', () => {
    const third = Math.round(MAX_NUMBER / 3);
    const [sure, doubtful] = [
      { closed: 0, open: 0 },
      { closed: third, open: third },
    ].map((image) => ({ ...image, given: 0, refined: 0, kind: 0, isVisible: true, isChosen: false }));
    const points = pointsOf([sure, doubtful] as Images);
    const more = { classes: CLASSES, states: Uint8Array.of(0, 2) };
    const doubt = coloursOf('doubt', points, more);
    expect([doubt.colourOf(0), doubt.colourOf(1)]).toEqual([0, 5]);
    const decided = coloursOf('decided', points, more);
    expect([0, 1].map((row) => decided.colours[decided.colourOf(row)]?.words)).toEqual(['not decided', 'disputed']);
  });
});
