import { refiningSeconds } from './rehearse-training';

describe('refiningSeconds', () => {
  const others = { requestedSeconds: 3, fitSeconds: 0.5 };

  it('adds up steps, requests and fits', () => {
    const plan = { steps: 100, requested: 6, fits: 22 };
    expect(refiningSeconds(plan, { secondsPerStep: 0.2, ...others })).toBeCloseTo(20 + 18 + 11, 9);
  });

  it('is not known where there are steps, and none could be measured', () => {
    expect(refiningSeconds({ steps: 100, requested: 6, fits: 22 }, { secondsPerStep: null, ...others })).toBeNull();
    // A head has none.
    expect(refiningSeconds({ steps: 0, requested: 0, fits: 20 }, { secondsPerStep: null, ...others })).toBe(10);
  });
});
