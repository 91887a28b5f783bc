import fc from 'fast-check';
import type { Point } from './map-view';
import { panned, PLANES, simplified, toPlace, toPoint, wholeView, zoomed } from './map-view';

const SIZE = { width: 900, height: 600 };
const share = fc.double({ min: 0, max: 1, noNaN: true });
const pixel = fc.integer({ min: -50, max: 950 });
const point = fc.tuple(pixel, pixel);

describe.each(Object.entries(PLANES))('the view of a map: %s', (layout, plane) => {
  it('has each place at a point of its own, and all of it within', () => {
    fc.assert(
      fc.property(share, share, fc.double({ min: 0.1, max: 9, noNaN: true }), point, (a, b, factor, at) => {
        const isBeyond = layout === 'triangle' && a + b > 1;
        const [closed, open] = isBeyond ? [1 - a, 1 - b] : [a, b];
        const whole = wholeView(SIZE, plane);
        const [x, y] = toPoint(whole, [closed, open]);
        expect([x >= 0, x <= SIZE.width, y >= 0, y <= SIZE.height]).toEqual(Array(4).fill(true));
        const view = zoomed(whole, factor, at, SIZE);
        const [backClosed, backOpen] = toPlace(view, toPoint(view, [closed, open]));
        expect(backClosed).toBeCloseTo(closed, 9);
        expect(backOpen).toBeCloseTo(open, 9);
      }),
      { seed: 23, numRuns: 200 },
    );
  });

  it('keeps some of it in sight, and ends at a zoom that shows nothing more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0.2, max: 5, noNaN: true }), point), { maxLength: 20 }),
        (steps) => {
          const whole = wholeView(SIZE, plane);
          const view = steps.reduce((now, [factor, by]) => panned(zoomed(now, factor, by, SIZE), by, SIZE), whole);
          expect(view.side).toBeGreaterThanOrEqual(whole.side * 0.75);
          expect(view.side).toBeLessThanOrEqual(whole.side * 64);
          expect(view.x).toBeLessThan(SIZE.width);
          expect(view.x + view.side).toBeGreaterThan(0);
        },
      ),
      { seed: 24, numRuns: 200 },
    );
  });
});

describe('simplified', () => {
  it('keeps corners of the path itself, in their order, and the whole path where it is short', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 120 }), (path) => {
        const kept = simplified(path, 40);
        expect(kept.length).toBeLessThanOrEqual(40);
        let from = 0;
        for (const one of kept) {
          const at = path.indexOf(one as Point & [number, number], from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at;
        }
      }),
      { seed: 25, numRuns: 100 },
    );
  });

  it('takes a drawn box for its four corners', () => {
    const side = (from: Point, to: Point): Point[] =>
      Array.from({ length: 50 }, (_, step) => [
        from[0] + ((to[0] - from[0]) * step) / 50,
        from[1] + ((to[1] - from[1]) * step) / 50,
      ]);
    const corners: Point[] = [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
    ];
    const path = corners.flatMap((corner, at) => side(corner, corners[(at + 1) % 4] as Point));
    expect(simplified(path, 4)).toEqual(corners);
  });
});
