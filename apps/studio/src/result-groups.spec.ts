import { groupRuns, spread } from './result-groups';
import { sampleReport } from './sample-report';

describe('spread', () => {
  it('is the mean and the sample standard deviation', () => {
    expect(spread([1, 2, 3, 4])).toEqual({ mean: 2.5, sd: Math.sqrt(5 / 3), count: 4 });
    expect(spread([7])).toEqual({ mean: 7, sd: null, count: 1 });
    expect(spread([])).toBeNull();
  });
});

describe('groupRuns', () => {
  const { runs } = sampleReport();

  it('puts seeds of one method together, in order', () => {
    const groups = groupRuns([...runs].reverse());
    expect(groups.map((group) => [group.method, group.seeds])).toEqual([
      ['ce', [1]],
      ['kd', [1, 2, 3]],
      ['modul', [1, 2, 3]],
      ['winnow', [1, 2, 3]],
    ]);
  });

  it('keeps engines, models and lengths apart', () => {
    const [first] = runs;
    const other = { ...first!, summary: { ...first!.summary, engine: 'wasm' } };
    expect(groupRuns([first!, other])).toHaveLength(2);
  });

  it('takes the mean by class over the seeds that measured it', () => {
    const [first, second] = runs;
    const of = (run: typeof first, perClassAccuracy: Record<string, number> | null) => ({
      ...run!,
      summary: { ...run!.summary, perClassAccuracy },
    });
    const [group] = groupRuns([of(first, { coat: 0.5 }), of(second, { coat: 1, dress: 0.25 })]);
    expect(group?.perClass).toEqual({ coat: 0.75, dress: 0.25 });
  });
});
