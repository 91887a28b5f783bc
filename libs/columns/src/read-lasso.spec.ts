import fc from 'fast-check';
import { ImageLists } from './index';
import { readLasso } from './read-lasso';
import { columnsOf, imagesArbitrary } from './spec-support/drawn-columns';

interface Part {
  readonly isTakenAway: boolean;
  readonly corners: readonly (readonly [number, number])[];
}

/** On a grid that no image lies on (those of the spec have hundredths), so that both ways of counting are exact. */
const side = fc.integer({ min: -20, max: 120 }).map((value) => (value * 2 + 1) / 200);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const corners = fc.array(fc.tuple(side, side), { minLength: 3, maxLength: 12 });
const partArbitrary = fc.record({ isTakenAway: fc.boolean(), corners });
const lassoArbitrary = fc.array(partArbitrary, { minLength: 1, maxLength: 4 });

const textOf = (parts: readonly Part[]): string =>
  parts
    .map(
      (part) => `${part.isTakenAway ? '!' : ''}${part.corners.map((corner) => corner.map(String).join(':')).join(',')}`,
    )
    .join('/');

/** How often sides are crossed by a ray to the right, all of them looked at. */
function isInPolygon(polygon: Part['corners'], [x, y]: readonly [number, number]): boolean {
  const crossings = polygon.filter(([fromX, fromY], index) => {
    const [toX, toY] = polygon[(index + 1) % polygon.length] ?? [0, 0];
    return fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX;
  });
  return crossings.length % 2 === 1;
}

function isWithin(parts: readonly Part[], place: readonly [number, number]): boolean {
  return parts.reduce(
    (isIn, { isTakenAway, corners: polygon }) => (isInPolygon(polygon, place) ? !isTakenAway : isIn),
    false,
  );
}

/** Which of these places a lasso holds. */
function held(text: string, places: readonly (readonly [number, number])[]): readonly boolean[] {
  const missed = new Uint16Array(places.length);
  const [xs, ys] = [Float64Array.from(places, ([x]) => x), Float64Array.from(places, ([, y]) => y)];
  readLasso(text).markOutside({ xs, ys }, missed, 4);
  return Array.from(missed, (bits) => bits === 0);
}

describe('a lasso', () => {
  it('holds what a naive point in polygon holds', () => {
    fc.assert(
      fc.property(
        lassoArbitrary,
        fc.array(fc.oneof(fc.tuple(side, side), fc.tuple(share, share)), { maxLength: 60 }),
        (parts, places) => {
          const found = held(textOf(parts), places);
          places.forEach((place, at) => expect([place, found[at]]).toEqual([place, isWithin(parts, place)]));
        },
      ),
      { seed: 23, numRuns: 500 },
    );
  });

  it('is a filter like any other: lists, counts and bits agree, and images without a split are nowhere', () => {
    fc.assert(
      fc.property(imagesArbitrary, lassoArbitrary, (images, parts) => {
        const lists = new ImageLists(columnsOf(images));
        const filters = { lasso: textOf(parts), kind: '!open' };
        const expected = images.flatMap(({ verdict }, row) => {
          if (verdict === null || verdict.kind === 'open') return [];
          return isWithin(parts, [verdict.closedProbability, verdict.openProbability]) ? [row] : [];
        });
        expect([...lists.list({ filters, sort: 'position', isDescending: false })]).toEqual(expected);
        expect(lists.facets({ filters }).total).toBe(expected.length);
        const bits = lists.bits({ filters });
        expect(images.flatMap((_, row) => (((bits[row >> 3] ?? 0) >> (row & 7)) & 1 ? [row] : []))).toEqual(expected);
      }),
      { seed: 24, numRuns: 200 },
    );
  });

  it('is of the layout that it names: places by likeness are another plane, in which some images are nowhere', () => {
    fc.assert(
      fc.property(
        imagesArbitrary,
        lassoArbitrary,
        fc.infiniteStream(fc.option(fc.tuple(share, share))),
        (images, parts, stream) => {
          const places = images.map(() => stream.next().value ?? null);
          const lists = new ImageLists(columnsOf(images));
          const request = {
            filters: { lasso: `neighbours/${textOf(parts)}` },
            sort: 'position',
            isDescending: false,
          } as const;
          expect(() => lists.list(request)).toThrow(/laid out/);
          const side = (at: 0 | 1): Float32Array => Float32Array.from(places, (place) => place?.[at] ?? NaN);
          const layout = { count: images.length, xs: side(0), ys: side(1), network: 'n', landmarks: 1 };
          lists.useLayout(layout);
          const expected = places.flatMap((place, row) => {
            const at = [layout.xs[row], layout.ys[row]] as [number, number];
            return place !== null && isWithin(parts, at) ? [row] : [];
          });
          expect([...lists.list(request)]).toEqual(expected);
          lists.useLayout({ ...layout, xs: layout.xs.map(() => NaN) });
          expect([...lists.list(request)]).toEqual([]);
        },
      ),
      { seed: 25, numRuns: 100 },
    );
  });

  it.each([
    ['the whole triangle', '0:0,1:0,0:1', [true, true, true]],
    ['its half of closed and open, without the open end', '.5:0,1:0,0:1,0:.5/!-.1:.8,.3:.8,.3:1.1,-.1:1.1', [false, true, false]], // prettier-ignore
    ['a box that was taken away first', '!0:0,1:0,1:1,0:1', [false, false, false]],
  ])('%s', (_, text, expected) => {
    const places = [
      [0.02, 0.03],
      [0.9, 0.05],
      [0.03, 0.9],
    ] as const;
    expect(held(text, places)).toEqual(expected);
  });

  it.each([
    '0:0',
    '0:0,1:0',
    '0:0,1:0,1',
    '0:0,1:0,a:1',
    '0:0,1:0,0:1/',
    'x',
    '0:0,1:0,1e9:1',
    '0:0,1:0,--1:0',
    'neighbours',
    'neighbours/',
    'moon/0:0,1:0,0:1',
  ])('takes "%s" for none', (text) => {
    expect(() => readLasso(text)).toThrow(/is no lasso/);
  });

  it('has an end', () => {
    const polygon = (length: number): string =>
      Array.from({ length }, (_, index) => `${index / 100}:${(index % 3) / 4}`).join(',');
    expect(() => readLasso(polygon(65))).toThrow(/no lasso/);
    const most = polygon(64);
    expect(readLasso(Array(4).fill(most).join('/')).layout).toBe('triangle');
    expect(() => readLasso(`${Array(4).fill(most).join('/')}/0:0,1:0,0:1`)).toThrow(/no lasso/);
    expect(() => readLasso(Array(17).fill('0:0,1:0,0:1').join('/'))).toThrow(/no lasso/);
  });
});
