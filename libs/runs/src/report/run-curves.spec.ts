import type { EpochMetrics } from '@winnow/contracts';
import { meanAccuracyCurve } from './run-curves';

const metrics = (accuracies: readonly (number | undefined)[]): EpochMetrics[] =>
  accuracies.map((accuracy, index) => ({
    ...{ epoch: index + 1, steps: 1, learningRate: 0.1, loss: 1, parts: {}, seconds: 1, imagesSeen: 1 },
    ...(accuracy === undefined ? {} : { accuracy }),
  }));

describe('meanAccuracyCurve', () => {
  it('takes mean and standard deviation over the runs that measured an epoch', () => {
    const curve = meanAccuracyCurve('kd', [metrics([0.25, undefined, 0.5]), metrics([0.75, undefined])]);
    const sd = Math.sqrt(0.125);
    expect(curve).toEqual({
      name: 'kd',
      points: [
        [1, 0.5],
        [3, 0.5],
      ],
      band: [
        [1, 0.5 - sd, 0.5 + sd],
        [3, 0.5, 0.5],
      ],
    });
  });

  it('has no band for one run, and no points where nothing was measured', () => {
    expect(meanAccuracyCurve('ce', [metrics([0.1])])).toEqual({ name: 'ce', points: [[1, 0.1]] });
    expect(meanAccuracyCurve('ce', [metrics([undefined]), []]).points).toEqual([]);
  });
});
