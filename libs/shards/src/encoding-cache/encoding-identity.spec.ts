import type { JsonValue } from '@winnow/contracts';
import { imagingVersions } from '@winnow/imaging';
import { CREATED_BY, encodingIdentity, ownEncodingIdentity } from './encoding-identity';

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

  it('is that of the data set for what this program encodes', () => {
    const { size, resize: policy, format, quality } = { ...build, resize: 'squash' as const, format: 'jpeg' as const };
    const own = ownEncodingIdentity({ size, policy, format, quality, maxPixels: 100 });
    expect(own).toBe(encodingIdentity({ build, imaging: imagingVersions() }, CREATED_BY));
  });
});
