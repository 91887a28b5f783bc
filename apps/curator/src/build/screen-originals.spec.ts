import { projectSchema } from '@winnow/config';
import type { Provenance } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import { screenOriginals } from './screen-originals';

const { screens } = projectSchema.parse({ name: 'p', classes: [{ name: 'a' }, { name: 'b' }] }).build;
const SHARP = { lumaP1: 0.1, lumaP99: 0.9, edgeSharpness: 1e6, laplacianVariance: 1e6, entropyBits: 7 };

function listing(className: string, host: string, engine = 'bing'): Provenance {
  return {
    ...{ engine, className, query: className, page: 1, rank: 1, imageUrl: `https://${host}/x.png` },
    ...{ pageUrl: null, title: null, license: null, licenseUrl: null, creator: null },
  };
}

function original(sha256: string, changes: Partial<StoredImage>): StoredImage {
  return {
    ...{ sha256, sizeBytes: 1, mime: 'image/png', width: 100, height: 100, decodeOutcome: null },
    ...{ pixelSha256: 'p', pdq: sha256.repeat(64), pdqQuality: 90, measures: SHARP, provenance: [] },
    ...changes,
  };
}

describe('screenOriginals', () => {
  it('flags by measures and thresholds, in the order of the flags', () => {
    const dark = { ...SHARP, lumaP99: 0.2 };
    const flags = screenOriginals(
      [
        original('a', { measures: dark, width: 31, pdqQuality: 10 }),
        original('b', {}),
        original('c', { measures: null }),
        original('d', { pdqQuality: null }),
      ],
      screens,
    );
    expect([...flags]).toEqual([['a', ['low_information', 'dark', 'odd_aspect', 'small']]]);
  });

  it('flags an image on many hosts under several classes, but not one of a world', () => {
    const hosts = ['a.test', 'b.test', 'c.test', 'd.test', 'e.test'];
    const everywhere = (engine?: string) => hosts.map((host, index) => listing(index === 0 ? 'b' : 'a', host, engine));
    const flags = screenOriginals(
      [
        original('1', { provenance: everywhere() }),
        original('2', { provenance: everywhere().slice(1) }),
        original('3', { provenance: everywhere('world') }),
      ],
      screens,
    );
    expect([...flags]).toEqual([['1', ['placeholder']]]);
  });
});
