import fc from 'fast-check';
import { correctLogits } from './correct-logits';

const correct = (logits: number[], { label, clean }: { label: number; clean: number }) => {
  const values = Float32Array.from(logits);
  const split = { probabilities: Float32Array.of(clean, 1 - clean, 0) };
  const changed = correctLogits(
    { count: 1, classCount: logits.length, logits: values },
    { labels: Int32Array.of(label), split },
  );
  return { changed, logits: Array.from(values) };
};

describe('correctLogits', () => {
  test('a label that is surely right changes places with what the teacher prefers', () => {
    expect(correct([5, 1, -2], { label: 1, clean: 1 })).toEqual({ changed: 1, logits: [1, 5, -2] });
  });

  test('one that is right by three quarters goes three quarters of the way', () => {
    expect(correct([5, 1, -2], { label: 2, clean: 0.75 })).toEqual({ changed: 1, logits: [-0.25, 1, 3.25] });
  });

  test.each([
    ['the teacher agrees', { label: 0, clean: 1 }],
    ['the label is not trusted', { label: 1, clean: 0.5 }],
  ])('leaves all as it is where %s', (_, given) => {
    expect(correct([5, 1, -2], given)).toEqual({ changed: 0, logits: [5, 1, -2] });
  });

  test('makes a trusted label the surest, and keeps the sum and all other logits', () => {
    const logit = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(
        fc.array(logit, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.integer({ min: 51, max: 100 }),
        (logits, at, percent) => {
          const label = at % logits.length;
          const { logits: moved } = correct(logits, { label, clean: percent / 100 });
          const best = logits.indexOf(Math.max(...logits));
          expect(moved[label]).toBeGreaterThanOrEqual(moved[best] as number);
          const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
          expect(sum(moved)).toBeCloseTo(sum(logits), 4);
          logits.forEach((value, index) => {
            if (index !== label && index !== best) expect(moved[index]).toBe(value);
          });
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });
});
