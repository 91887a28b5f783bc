import type { Outcome, Provenance } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import fc from 'fast-check';
import { planBuild } from './plan-build';

const CLASSES = ['owl', 'cat'];
const LIMITS = { maxPixels: 1e6, minSide: 16, maxAspectRatio: 8 };
const OPTIONS = { classes: CLASSES, limits: LIMITS, mergeBits: 15, sameClassMergeBits: 31, confirm: () => true };

function listing(className: string, changes: Partial<Provenance> = {}): Provenance {
  return {
    engine: 'commons',
    query: className,
    className,
    page: 1,
    rank: 1,
    imageUrl: `https://example.com/${className}.jpg`,
    pageUrl: null,
    title: null,
    license: null,
    licenseUrl: null,
    creator: null,
    ...changes,
  };
}

function original(sha256: string, changes: Partial<StoredImage> = {}): StoredImage {
  return {
    sha256,
    sizeBytes: 5000,
    mime: 'image/jpeg',
    width: 300,
    height: 200,
    pixelSha256: `pixels of ${sha256}`,
    // One hash a picture, far from all others.
    pdq: (sha256.charCodeAt(0) % 16).toString(16).repeat(64),
    measures: null,
    pdqQuality: 100,
    decodeOutcome: null,
    provenance: [listing('cat')],
    ...changes,
  };
}

const undecoded = (sha256: string, decodeOutcome: Outcome): StoredImage =>
  original(sha256, { pixelSha256: null, pdq: null, pdqQuality: null, decodeOutcome });

describe('planBuild', () => {
  it('flags pictures that show next to nothing', () => {
    const plan = planBuild([original('a', { pdqQuality: 49 }), original('b', { pdqQuality: 50 })], OPTIONS);
    expect(plan.samples.map(({ sha256, flags }) => [sha256, flags])).toEqual([
      ['a', ['low_information']],
      ['b', undefined],
    ]);
    expect(plan.counts.lowInformation).toBe(1);
  });

  it('numbers samples by digest and labels them by class list', () => {
    const plan = planBuild([original('b'), original('a', { provenance: [listing('owl')] })], OPTIONS);
    expect(plan.samples.map(({ key, sha256, className, label }) => [key, sha256, className, label])).toEqual([
      ['000000000', 'a', 'owl', 0],
      ['000000001', 'b', 'cat', 1],
    ]);
    expect(plan.exclusions).toEqual([]);
    expect(plan.counts).toEqual({
      originals: 2,
      samples: 2,
      lowInformation: 0,
      outcomes: {},
      perClass: { owl: 1, cat: 1 },
      conflicts: 0,
    });
  });

  it('folds copies into the largest, keeps where all were found, and votes on the label', () => {
    const small = original('a', { width: 30, height: 20, pdq: '0'.repeat(64), provenance: [listing('owl')] });
    const large = original('b', { pdq: `${'0'.repeat(63)}1`, provenance: [listing('cat')] });
    const third = original('c', {
      width: 60,
      pixelSha256: 'pixels of b',
      pdq: '0'.repeat(64),
      provenance: [listing('owl')],
    });
    const plan = planBuild([small, large, third], OPTIONS);
    expect(plan.samples).toMatchObject([{ sha256: 'b', className: 'owl', label: 0, conflicts: ['cat'], copies: 3 }]);
    expect(plan.samples[0]?.provenance).toHaveLength(3);
    expect(plan.exclusions).toEqual([
      { sha256: 'a', className: 'owl', outcome: 'duplicate_near', keptSha256: 'b', detail: 'PDQ distance 1 bits' },
      { sha256: 'c', className: 'owl', outcome: 'duplicate_pixels', keptSha256: 'b', detail: null },
    ]);
    expect(plan.counts).toMatchObject({ originals: 3, samples: 1, conflicts: 1 });
    expect(plan.counts.outcomes).toEqual({ duplicate_near: 1, duplicate_pixels: 1 });
  });

  it('asks for confirmation of near pairs by digest', () => {
    const pair = [original('a', { pdq: '0'.repeat(64) }), original('b', { pdq: '0'.repeat(64) })];
    const asked: string[][] = [];
    const confirm = (...digests: string[]): boolean => asked.push(digests) < 0;
    expect(planBuild(pair, { ...OPTIONS, confirm }).samples).toHaveLength(2);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('keeps the copy that may be used most freely, of equal size', () => {
    const pair = [
      original('a', { pdq: '0'.repeat(64), provenance: [listing('cat', { license: 'by-nc' })] }),
      original('b', {
        pdq: '0'.repeat(64),
        provenance: [listing('cat', { rank: 9 }), listing('cat', { license: 'cc0' })],
      }),
    ];
    expect(planBuild(pair, OPTIONS).samples.map(({ sha256 }) => sha256)).toEqual(['b']);
  });

  it('leaves out what was not decoded, with the reason, and classes that are gone', () => {
    const plan = planBuild(
      [undecoded('a', 'truncated'), original('b', { provenance: [listing('dog')] }), undecoded('c', 'not_an_image')],
      OPTIONS,
    );
    expect(plan.samples).toEqual([]);
    expect(plan.exclusions.map(({ sha256, outcome, keptSha256 }) => [sha256, outcome, keptSha256])).toEqual([
      ['a', 'truncated', null],
      ['c', 'not_an_image', null],
    ]);
    expect(plan.counts.originals).toBe(2);
  });

  it('leaves out what is outside the limits, on either side of each', () => {
    const sizes = {
      a: [1000, 1000],
      b: [1000, 1001],
      c: [16, 128],
      d: [15, 100],
      e: [129, 16],
    } as const;
    const originals = Object.entries(sizes).map(([name, [width, height]]) => original(name, { width, height }));
    const plan = planBuild(originals, OPTIONS);
    expect(plan.samples.map(({ sha256 }) => sha256)).toEqual(['a', 'c']);
    const left = { className: 'cat', keptSha256: null };
    expect(plan.exclusions).toEqual([
      { sha256: 'b', outcome: 'too_many_pixels', detail: '1000x1001 is more than 1000000 pixels', ...left },
      { sha256: 'd', outcome: 'too_small', detail: '15x100 has a side under 16 pixels', ...left },
      { sha256: 'e', outcome: 'too_small', detail: '129x16 is longer than 8:1', ...left },
    ]);
    expect(plan.counts).toMatchObject({ originals: 5, samples: 2, outcomes: { too_many_pixels: 1, too_small: 2 } });
  });

  it('leaves out copies of test pictures, with what it said of them, before it looks for duplicates', () => {
    const leaks = new Map(['a', 'c'].map((id) => [id, { id, heldOutId: 'owl/1.png', distanceBits: 3 }]));
    const pair = [original('a', { pdq: '0'.repeat(64), width: 500 }), original('b', { pdq: '0'.repeat(64) })];
    const plan = planBuild([...pair, undecoded('c', 'truncated')], { ...OPTIONS, leaks });
    expect(plan.samples.map(({ sha256, copies }) => [sha256, copies])).toEqual([['b', 1]]);
    expect(plan.exclusions).toEqual([
      {
        sha256: 'a',
        className: 'cat',
        outcome: 'leak',
        keptSha256: null,
        detail: 'copy of the test picture owl/1.png, PDQ distance 3 bits',
      },
      { sha256: 'c', className: 'cat', outcome: 'truncated', keptSha256: null, detail: null },
    ]);
    expect(plan.counts.outcomes).toEqual({ leak: 1, truncated: 1 });
  });

  it('votes on classes whatever they are called', () => {
    const classes = ['__proto__', 'constructor', 'toString'];
    const votes = [listing('__proto__'), listing('constructor'), listing('constructor', { rank: 2 })];
    const copy = original('b', { pdq: original('a').pdq, provenance: [listing('__proto__'), listing('__proto__')] });
    const plan = planBuild([original('a', { provenance: votes }), copy, original('c', { provenance: votes })], {
      ...OPTIONS,
      classes,
    });
    expect(plan.samples.map(({ className, label, conflicts }) => [className, label, conflicts])).toEqual([
      ['__proto__', 0, ['constructor']],
      ['constructor', 1, ['__proto__']],
    ]);
    expect(Object.entries(plan.counts.perClass)).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
  });

  it('accounts for every original, whatever their order', () => {
    const image = fc.record({
      digest: fc.integer({ min: 0, max: 400 }),
      pixel: fc.integer({ min: 0, max: 8 }),
      bit: fc.integer({ min: 0, max: 15 }),
      width: fc.constantFrom(100, 200),
      classes: fc.uniqueArray(fc.constantFrom('cat', 'owl', 'dog'), { minLength: 1 }),
      failed: fc.boolean(),
    });
    const world = fc.uniqueArray(image, { selector: ({ digest }) => digest, maxLength: 12 }).chain((rows) => {
      const originals = rows.map(({ digest, pixel, bit, width, classes, failed }) => {
        const sha256 = String(digest).padStart(3, '0');
        if (failed) return undecoded(sha256, 'decode_error');
        const pdq = (2 ** 16 + 2 ** bit).toString(16).slice(1).repeat(16);
        const provenance = classes.map((className) => listing(className));
        return original(sha256, { pixelSha256: `pixels ${pixel}`, pdq, width, provenance });
      });
      return fc.tuple(fc.constant(originals), fc.shuffledSubarray(originals, { minLength: originals.length }));
    });
    fc.assert(
      fc.property(world, ([originals, shuffled]) => {
        const plan = planBuild(originals, OPTIONS);
        expect(planBuild(shuffled, OPTIONS)).toEqual(plan);
        const accounted = [...plan.samples, ...plan.exclusions].map(({ sha256 }) => sha256).sort();
        const known = originals.filter(({ provenance }) =>
          provenance.some(({ className }) => CLASSES.includes(className)),
        );
        expect(accounted).toEqual(known.map(({ sha256 }) => sha256).sort());
      }),
      { seed: 1 },
    );
  });
});
