import fc from 'fast-check';
import { nextShowings } from './next-showings';
import { answersOf } from './plan-answers';
import type { PlanLine } from './plan-answers';

const imagesOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `i${at}`);
const nobody = (): boolean => false;

/** Lets people look in turn, so many images at once, until nothing is left to any. */
function lookAll(count: number, { people, atOnce, seed }: { people: readonly string[]; atOnce: number; seed: number }) {
  const lines: PlanLine[] = [];
  const images = imagesOf(count);
  for (let isOver = false; !isOver;) {
    isOver = true;
    for (const person of people) {
      const next = nextShowings({ images, answers: answersOf(lines), seed }, person, nobody).slice(0, atOnce);
      lines.push(...next.map((sha256) => ({ sha256, person, says: 'open' })));
      if (next.length > 0) isOver = false;
    }
  }
  return lines;
}

describe('nextShowings', () => {
  const plans = fc.record({ count: fc.nat(300), atOnce: fc.integer({ min: 3, max: 40 }), seed: fc.integer() });

  it('shows one person every image, one in twenty again when fifty others came since', () => {
    fc.assert(
      fc.property(plans, ({ count, atOnce, seed }) => {
        const shown = lookAll(count, { people: ['p'], atOnce, seed }).map(({ sha256 }) => sha256);
        expect(new Set(shown).size).toBe(count);
        expect(shown.filter((image, at) => shown.indexOf(image) === at)).toEqual(imagesOf(count));
        const repeats = [...shown.keys()].filter((at) => shown.indexOf(shown[at] as string) < at);
        for (const at of repeats) {
          const since = at - shown.indexOf(shown[at] as string);
          expect(since).toBeGreaterThan(50);
          expect(since).toBeLessThan(60);
        }
        expect(repeats.length).toBeLessThanOrEqual(Math.ceil(count / 20));
        expect(repeats.length).toBeGreaterThanOrEqual(Math.floor((count - 60) / 20) - 1);
        // Looked in one go or a few at once: the same.
        expect(nextShowings({ images: imagesOf(count), answers: answersOf([]), seed }, 'p', nobody)).toEqual(shown);
      }),
      { numRuns: 12 },
    );
  });

  it('shares one in ten among two, and none of the rest', () => {
    fc.assert(
      fc.property(plans, ({ count, atOnce, seed }) => {
        const lines = lookAll(count, { people: ['p', 'q'], atOnce, seed });
        const seenBy = (person: string) =>
          new Set(lines.filter((line) => line.person === person).map((one) => one.sha256));
        const [p, q] = [seenBy('p'), seenBy('q')];
        expect(new Set([...p, ...q]).size).toBe(count);
        expect(Math.abs([...p].filter((image) => q.has(image)).length - count / 10)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 12 },
    );
  });

  it('leaves out what somebody else looks at now, and goes on where a plan is extended', () => {
    const answers = answersOf([{ sha256: 'i0', person: 'p', says: 'open' }]);
    const next = nextShowings({ images: imagesOf(9), answers, seed: 1 }, 'p', (image) => image === 'i1');
    expect(next.filter((image) => image !== 'i1')).toEqual(imagesOf(9).slice(2));
    const more = nextShowings({ images: imagesOf(12), answers, seed: 1 }, 'p', () => false);
    expect(more).toEqual(imagesOf(12).slice(1));
  });
});
