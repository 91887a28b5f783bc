import type { RunSummary } from '@winnow/contracts';
import { comparisonCells, comparisonRow, comparisonSvg } from './compare-table';
import type { ComparedMethod } from './compare-methods';

const run = (seed: number, changes: Partial<RunSummary>): ComparedMethod['runs'][number] => ({
  ...{ seed, folder: 'f', identity: `i${seed}`, reused: false, metrics: [] },
  summary: {
    ...{ method: 'kd', model: 'resnet8', seed, epochs: 4, accuracy: null, agreement: null, teacherAccuracy: null },
    ...{ perClassAccuracy: null, parameters: 78_042, imagesSeen: 1000, seconds: 10, peakMemoryBytes: 2 ** 30 },
    ...{ engine: 'wasm', notes: [] },
    ...changes,
  },
});
const split = { id: 's', method: 'winnow' };
const failed = { method: 'simkd', split: null, runs: [], failures: [{ seed: null, reason: 'no features' }] } as const;

describe('comparisonRow', () => {
  const row = comparisonRow({
    ...{ method: 'kd', split, failures: [] },
    runs: [
      run(1, { accuracy: 0.5, agreement: 0.6, teacherAccuracy: 0.9, seconds: 8 }),
      run(2, { accuracy: 0.7, agreement: 0.8, teacherAccuracy: 0.9, seconds: 12, peakMemoryBytes: 2 ** 31 }),
    ],
  });

  it('takes mean, deviation, gap to the teacher, images a second and the largest memory', () => {
    expect(row).toMatchObject({ method: 'kd', split: 'winnow', seeds: [1, 2], epochs: 4, parameters: 78_042 });
    expect(row.accuracy?.mean).toBeCloseTo(0.6, 12);
    expect(row.accuracy?.sd).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(row.gap).toBeCloseTo(0.3, 12);
    expect([row.seconds?.mean, row.imagesPerSecond, row.peakMemoryBytes]).toEqual([10, 100, 2 ** 31]);
  });

  it('has nothing to tell of a method that did not start', () => {
    expect(comparisonRow(failed)).toMatchObject({ split: null, seeds: [], accuracy: null, gap: null, seconds: null });
  });

  it('becomes cells of text', () => {
    const [head, kd, simkd] = comparisonCells([row, comparisonRow(failed)]);
    expect(head?.[3]).toBe('accuracy, %');
    expect(kd).toEqual(['kd', 'winnow', '2', '60.00 ± 14.14', '30.00', '10.0', '100', '2048', '78042']);
    expect(simkd).toEqual(['simkd', '-', '0', '-', '-', '-', '-', '-', '-']);
  });

  it('shows agreement where nothing was tested', () => {
    const untested = comparisonRow({ method: 'ce', split, failures: [], runs: [run(1, { agreement: 0.25 })] });
    const [head, cells] = comparisonCells([untested]);
    expect([head?.[3], cells?.[3], cells?.[4]]).toEqual(['agreement, %', '25.00', '-']);
  });
});

describe('comparisonSvg', () => {
  const metrics = [0.25, 0.5].map((accuracy, index) => ({
    ...{ epoch: index + 1, steps: 1, learningRate: 0.1, loss: 1, parts: {}, seconds: 1, imagesSeen: 1, accuracy },
  }));

  it('draws a line and a band for each method that has runs', () => {
    const runs = [run(1, { accuracy: 0.5 }), run(2, { accuracy: 0.5 })].map((one, at) => ({
      ...one,
      metrics: metrics.map((epoch) => ({ ...epoch, accuracy: epoch.accuracy + 0.1 * at })),
    }));
    const svg = comparisonSvg([{ method: 'kd', split, runs, failures: [] }, failed], 'p');
    expect(svg.match(/<path class="c-band/g)).toHaveLength(1);
    expect(svg).toContain('accuracy on the test set');
    expect(svg).not.toContain('simkd');
  });

  it('draws a point at the end where only agreement is known', () => {
    const runs = [run(1, { agreement: 0.5 })];
    const svg = comparisonSvg([{ method: 'kd', split, runs, failures: [] }], 'p');
    expect(svg).toContain('agreement with the teacher');
    expect(svg.match(/<path class="c-line/g)).toHaveLength(1);
  });
});
