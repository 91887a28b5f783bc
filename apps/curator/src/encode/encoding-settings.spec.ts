import type { JsonValue } from '@winnow/contracts';
import { encodingIdentity, planEncodingThreads } from './encoding-settings';

describe('planEncodingThreads', () => {
  it.each([
    ['one worker is the calling thread', 1, 1_000_000, 8, 0, 1],
    ['as many as are asked for, whatever there is to do', 3, 2, 1, 3, 6],
    ['auto: one for each processor', 'auto', 1_000_000, 4, 4, 8],
    ['auto: at most eight', 'auto', 1_000_000, 64, 8, 16],
    ['auto: none for few images', 'auto', 255, 2, 0, 2],
    ['auto: none on one processor', 'auto', 1_000_000, 1, 0, 1],
  ] as const)('%s', (...[, workers, images, processors, threads, atOnce]) => {
    expect(planEncodingThreads(workers, images, processors)).toEqual({ threads, atOnce });
  });
});

describe('encodingIdentity', () => {
  const build = { size: 32, resize: 'squash', format: 'jpeg', quality: 95 };
  const imaging = { sharp: '1', libvips: '2' };
  const of = (config: JsonValue, createdBy = 'winnow 1') => encodingIdentity(config, createdBy);

  it('is the same whatever else a build was made with', () => {
    const first = of({ build: { ...build, shardSamples: 10 }, imaging, harvest: { a: 1 } });
    expect(of({ imaging, build: { shardSamples: 20, ...build } })).toBe(first);
    expect(typeof first).toBe('string');
  });

  it('differs where encoded bytes may, and is none where the data set does not say', () => {
    const all = [
      of({ build, imaging }),
      of({ build: { ...build, size: 33 }, imaging }),
      of({ build: { ...build, resize: 'cover' }, imaging }),
      of({ build: { ...build, format: 'png' }, imaging }),
      of({ build: { ...build, quality: 94 }, imaging }),
      of({ build, imaging: { ...imaging, sharp: '3' } }),
      of({ build, imaging }, 'winnow 2'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect([of({ build }), of({ imaging }), of(null), of({ build: 1, imaging })]).toEqual([null, null, null, null]);
  });
});
