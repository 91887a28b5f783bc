import { learningRateAt, type Schedule } from './schedule';

const rates = (schedule: Schedule, steps: readonly number[], totalSteps: number): number[] =>
  steps.map((step) => learningRateAt(schedule, { base: 0.1, step, totalSteps }));

describe('learningRateAt', () => {
  it('falls along half a cosine from the base rate to (almost) zero', () => {
    const [first, third, half, last] = rates({ name: 'cosine' }, [0, 1, 2, 3], 4);
    expect(first).toBe(0.1);
    expect(third).toBeCloseTo(0.05 * (1 + Math.SQRT1_2), 12);
    expect(half).toBeCloseTo(0.05, 12);
    expect(last).toBeCloseTo(0.05 * (1 - Math.SQRT1_2), 12);
  });

  it('rises linearly first where a warm-up is asked for', () => {
    const values = rates({ name: 'cosine', warmUp: 0.4 }, [0, 1, 2, 3, 4, 7], 10);
    [0.025, 0.05, 0.075, 0.1, 0.1, 0.05].forEach((value, index) => expect(values[index]).toBeCloseTo(value, 12));
  });

  it("drops tenfold at the paper's epochs 80, 120 and 160 of 250", () => {
    const values = rates({ name: 'steps' }, [0, 79, 80, 119, 120, 159, 160, 249], 250);
    const expected = [0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 0.0001, 0.0001];
    expected.forEach((value, index) => expect(values[index]).toBeCloseTo(value, 12));
  });

  it('drops where it is told to', () => {
    const values = rates({ name: 'steps', drops: [0.5] }, [4, 5], 10);
    expect(values[0]).toBe(0.1);
    expect(values[1]).toBeCloseTo(0.01, 12);
  });
});
