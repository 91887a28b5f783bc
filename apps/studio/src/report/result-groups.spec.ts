import { groupName, groupRuns } from './result-groups';
import { sampleReport } from '../spec-support/sample-report';

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

  it('keeps splits apart where the method reads them', () => {
    const counts = { clean: 1, closed: 0, open: 0 };
    const of = (run: (typeof runs)[number], method: string, readsSplit: boolean) => {
      const split = { method, counts, conflicts: null, corrected: 0, quality: null };
      return { ...run, summary: { ...run.summary, split, readsSplit } };
    };
    const [first, second] = runs as readonly [(typeof runs)[number], (typeof runs)[number]];
    const split = (isRead: boolean) =>
      groupRuns([of(first, 'winnow', isRead), of(second, 'knn', isRead)]).map((group) => group.split);
    expect(split(true)).toEqual(['winnow', 'knn']);
    expect(split(false)).toEqual([null]);
  });

  it('keeps engines, models and lengths apart', () => {
    const [first] = runs;
    const other = { ...first!, summary: { ...first!.summary, engine: 'wasm' } };
    expect(groupRuns([first!, other])).toHaveLength(2);
  });

  it('keeps other settings apart, such as a learning rate, a teacher or test images, and numbers them', () => {
    const [first, second] = runs.filter(({ summary }) => summary.method === 'kd');
    const groups = groupRuns([
      { ...first!, settings: 'rate .1' },
      { ...second!, settings: 'rate .2' },
    ]);
    expect(groups.map((group) => [group.seeds, groupName(group, groups)])).toEqual([
      [[1], 'kd, resnet8, 30 epochs, settings 1'],
      [[2], 'kd, resnet8, 30 epochs, settings 2'],
    ]);
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
