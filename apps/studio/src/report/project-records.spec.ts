import type { SplitRecord } from '@winnow/db';
import { chooseSplit, correctedCount } from './project-records';

const split = (id: string, method: string, corrections?: number): SplitRecord => ({
  ...{ id, method, project: 'p', buildId: 'b', teacherDigest: 't', counts: {} },
  config: corrections === undefined ? { method } : { method, corrections: { count: corrections, digest: 'd' } },
});
const project = (method: string, settings: object = {}) =>
  ({ train: { method }, split: { method: 'auto', ...settings } }) as never;

describe('chooseSplit', () => {
  const newest = [split('3', 'edl-gmm'), split('2', 'winnow', 4), split('1', 'winnow')];
  const runs = [
    { method: 'modul', splitId: '3' },
    { method: 'winnow', splitId: '1' },
  ];

  it.each([
    ["the one that the project's method learned from", project('winnow'), { runs, isCorrected: false }, '1'],
    ['the one that the project names', project('winnow', { method: 'edl-gmm' }), { runs, isCorrected: false }, '3'],
    ['the corrected one of the method', project('winnow'), { runs, isCorrected: true }, '2'],
    ['the newest uncorrected one before there are runs', project('winnow'), { runs: [], isCorrected: false }, '3'],
    ['what there is where nothing fits', project('kd', { method: 'knn' }), { runs, isCorrected: true }, '2'],
  ])('takes %s', (_what, config, learners, id) => {
    expect(chooseSplit(newest, config, learners)?.id).toBe(id);
  });

  it('has nothing to choose before the first split', () => {
    expect(chooseSplit([], project('winnow'), { runs: [], isCorrected: false })).toBeUndefined();
  });

  it('knows how many images a person corrected', () => {
    expect(newest.map(correctedCount)).toEqual([0, 4, 0]);
  });
});
