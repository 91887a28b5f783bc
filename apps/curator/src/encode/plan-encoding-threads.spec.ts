import { planEncodingThreads } from './plan-encoding-threads';

describe('planEncodingThreads', () => {
  it.each([
    ['one worker is the calling thread', 1, 1_000_000, 8, 0, 1],
    ['as many as are asked for, whatever there is to do', 3, 2, 1, 3, 6],
    ['none where nothing is to be encoded', 3, 0, 1, 0, 6],
    ['auto: one for each processor', 'auto', 1_000_000, 4, 4, 8],
    ['auto: at most eight', 'auto', 1_000_000, 64, 8, 16],
    ['auto: none for few images', 'auto', 255, 2, 0, 2],
    ['auto: none on one processor', 'auto', 1_000_000, 1, 0, 1],
  ] as const)('%s', (...[, workers, images, processors, threads, atOnce]) => {
    expect(planEncodingThreads(workers, images, processors)).toEqual({ threads, atOnce });
  });
});
