import type { Outcome, Provenance } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import fc from 'fast-check';
import { NOTHING_TOLD } from '../dedup/told-by-people';
import { planBuild } from './plan-build';
import type { BuildPlan, PlanOptions } from './plan-build';
import { selectOriginals } from './select-originals';
import type { SelectOptions } from './select-originals';
import { parseExclusions } from '../filter/parse-exclusions';
import { EVERYTHING } from '../filter/select-image';
import { parseWhere } from '../filter/parse-where';

const CLASSES = ['owl', 'cat'];
const LIMITS = { maxPixels: 1e6, minSide: 16, maxAspectRatio: 8 };
const OPTIONS: SelectOptions & PlanOptions = {
  classes: CLASSES,
  limits: LIMITS,
  subset: EVERYTHING,
  flags: new Map(),
  leaks: new Map(),
  drop: new Set(),
  exclude: EVERYTHING.exclude,
  mergeBits: 15,
  sameClassMergeBits: 31,
  mirrors: false,
};

function plan(
  originals: readonly StoredImage[],
  options: Partial<SelectOptions & PlanOptions> = {},
): Promise<BuildPlan> {
  const all = { ...OPTIONS, ...options };
  return planBuild(selectOriginals(originals, all), { ...all, exclude: all.subset.exclude });
}

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
    // One hash an image, far from all others.
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
  it('keeps what screens found, and drops only what it is told to, without the copies', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) =>
      original(name, { pdq: name === 'c' ? 'c'.repeat(64) : '0'.repeat(64), width: name === 'a' ? 500 : 300 }),
    ) as [StoredImage, StoredImage, StoredImage];
    const flags = new Map([
      ['a', ['blurry', 'dark'] as const],
      ['c', ['dark'] as const],
    ]);
    const kept = await plan([a, b, c], { flags });
    expect(kept.samples.map((sample) => [sample.sha256, sample.flags, sample.copies])).toEqual([
      ['a', ['blurry', 'dark'], 2],
      ['c', ['dark'], 1],
    ]);
    expect(kept.counts.flags).toEqual({ blurry: 1, dark: 2 });
    const dropped = await plan([a, b, c], { flags, drop: new Set(['blurry', 'placeholder'] as const) });
    expect(dropped.samples.map((sample) => [sample.sha256, sample.flags, sample.copies])).toEqual([
      ['b', undefined, 1],
      ['c', ['dark'], 1],
    ]);
    expect(dropped.exclusions).toEqual([
      { sha256: 'a', className: 'cat', outcome: 'screened', keptSha256: null, detail: 'blurry' },
    ]);
    expect(dropped.counts).toMatchObject({ flags: { dark: 1 }, outcomes: { screened: 1 } });
  });

  it('numbers samples by digest and labels them by class list', async () => {
    const built = await plan([original('b'), original('a', { provenance: [listing('owl')] })]);
    expect(built.samples.map(({ key, sha256, className, label }) => [key, sha256, className, label])).toEqual([
      ['000000000', 'a', 'owl', 0],
      ['000000001', 'b', 'cat', 1],
    ]);
    expect(built.exclusions).toEqual([]);
    expect(built.counts).toEqual({
      originals: 2,
      samples: 2,
      flags: {},
      outcomes: {},
      perClass: { owl: 1, cat: 1 },
      conflicts: 0,
    });
  });

  it('folds copies into the largest, keeps where all were found, and votes on the label', async () => {
    const small = original('a', { width: 30, height: 20, pdq: '0'.repeat(64), provenance: [listing('owl')] });
    const large = original('b', { pdq: `${'0'.repeat(63)}1`, provenance: [listing('cat')] });
    const third = original('c', {
      width: 60,
      pixelSha256: 'pixels of b',
      pdq: '0'.repeat(64),
      provenance: [listing('owl')],
    });
    const built = await plan([small, large, third]);
    expect(built.samples).toMatchObject([{ sha256: 'b', className: 'owl', label: 0, conflicts: ['cat'], copies: 3 }]);
    expect(built.samples[0]?.provenance).toHaveLength(3);
    expect(built.exclusions).toEqual([
      { sha256: 'a', className: 'owl', outcome: 'duplicate_near', keptSha256: 'b', detail: 'PDQ distance 1 bits' },
      { sha256: 'c', className: 'owl', outcome: 'duplicate_pixels', keptSha256: 'b', detail: null },
    ]);
    expect(built.counts).toMatchObject({ originals: 3, samples: 1, conflicts: 1 });
    expect(built.counts.outcomes).toEqual({ duplicate_near: 1, duplicate_pixels: 1 });
  });

  it('leaves out what people left out, with its copies and as it stands in a world, before what else is excluded', async () => {
    const copies = ['a', 'b'].map((name) => original(name, { pdq: '0'.repeat(64), provenance: [listing('owl')] }));
    const ofWorld = original('c', { provenance: [listing('cat', { engine: 'world' })] });
    const told = { ...NOTHING_TOLD, leftOut: new Set(['b', 'c']) };
    const { samples, exclusions, told: followed } = await plan([...copies, ofWorld, original('d')], { told });
    expect(samples.map(({ sha256 }) => sha256)).toEqual(['d']);
    const row = { outcome: 'left_out', keptSha256: null };
    expect(exclusions).toEqual([
      { ...row, sha256: 'a', className: 'owl', detail: 'copy of b' },
      { ...row, sha256: 'b', className: 'owl', detail: null },
      { ...row, sha256: 'c', className: 'cat', detail: null },
    ]);
    expect(followed).toEqual({ leftOut: 3 });
  });

  it.each<[string, Partial<StoredImage>, Partial<SelectOptions & PlanOptions>]>([
    ['build.where refuses', { sizeBytes: 9 }, { subset: { ...EVERYTHING, where: parseWhere('bytes > 9') } }],
    ['is outside the limits', { width: 5 }, {}],
    ['is screened', {}, { flags: new Map([['l', ['dark'] as const]]), drop: new Set(['dark'] as const) }],
    ['is a leak', {}, { leaks: new Map([['l', { id: 'l', heldOutId: 'x', distanceBits: 0 }]]) }],
  ])('leaves out the copies of what people left out, also where that %s', async (_, changes, options) => {
    const same = { pdq: '0'.repeat(64), pdqQuality: 100 };
    const images = [original('l', { ...same, ...changes }), original('c', same), original('d')];
    const leftOut = new Set(['l']);
    const told = { ...NOTHING_TOLD, leftOut };
    const built = await plan(images, { ...options, leftOut, told });
    expect(built.samples.map(({ sha256 }) => sha256)).toEqual(['d']);
    const [ofCopy, ofLeftOut] = built.exclusions;
    expect(ofCopy).toMatchObject({ sha256: 'c', outcome: 'left_out', detail: 'copy of l' });
    const alone = await plan([images[0] as StoredImage, original('d')], { ...options, leftOut, told });
    expect(built.told).toEqual({ leftOut: 1 });
    expect([alone.exclusions, alone.told]).toEqual([[ofLeftOut], null]);
    expect(alone.exclusions).toEqual((await plan([images[0] as StoredImage, original('d')], options)).exclusions);
  });

  it('counts what it follows of what people said: not pairs that are no copies anyway, or of which one is not there', async () => {
    const images = ['a', 'b', 'c'].map((name) => original(name, { pdq: '0'.repeat(64) }));
    const small = original('d', { width: 5 });
    const pairs = [
      ['a', 'b'],
      ['a', 'd'],
      ['c', 'bytes of a test image'],
      ['a', 'far'],
      ['gone', 'e'],
    ] as const;
    const noLeaks = ['c', 'c', 'd'].map((sha256) => [sha256, 'bytes of a test image'] as const);
    const told = { ...NOTHING_TOLD, pairs: { never: pairs, always: [['a', 'c']], keep: [['c', 'a']] } as const };
    const built = await plan([...images, small, original('far')], { told, noLeaks });
    expect(built.samples.map(({ sha256 }) => sha256)).toEqual(['b', 'c', 'far']);
    expect(built.told).toEqual({ notCopies: 2, kept: 1 });
  });

  it('asks for confirmation of near pairs by digest', async () => {
    const pair = [original('a', { pdq: '0'.repeat(64) }), original('b', { pdq: '0'.repeat(64) })];
    const asked: string[][] = [];
    const confirm: PlanOptions['confirm'] = (pairs) => {
      for (const { kept, copy } of pairs) asked.push([kept.id, copy.id]);
      return Promise.resolve(() => false);
    };
    expect((await plan(pair, { confirm })).samples).toHaveLength(2);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('keeps the copy that may be used most freely, of equal size', async () => {
    const pair = [
      original('a', { pdq: '0'.repeat(64), provenance: [listing('cat', { license: 'by-nc' })] }),
      original('b', {
        pdq: '0'.repeat(64),
        provenance: [listing('cat', { rank: 9 }), listing('cat', { license: 'cc0' })],
      }),
    ];
    expect((await plan(pair)).samples.map(({ sha256 }) => sha256)).toEqual(['b']);
  });

  it('leaves out what was not decoded, with the reason, and classes that are gone', async () => {
    const built = await plan([
      undecoded('a', 'truncated'),
      original('b', { provenance: [listing('dog')] }),
      undecoded('c', 'not_an_image'),
    ]);
    expect(built.samples).toEqual([]);
    expect(built.exclusions.map(({ sha256, outcome, keptSha256 }) => [sha256, outcome, keptSha256])).toEqual([
      ['a', 'truncated', null],
      ['c', 'not_an_image', null],
    ]);
    expect(built.counts.originals).toBe(2);
  });

  it('leaves out what is outside the limits, on either side of each', async () => {
    const sizes = {
      a: [1000, 1000],
      b: [1000, 1001],
      c: [16, 128],
      d: [15, 100],
      e: [129, 16],
    } as const;
    const originals = Object.entries(sizes).map(([name, [width, height]]) => original(name, { width, height }));
    const built = await plan(originals);
    expect(built.samples.map(({ sha256 }) => sha256)).toEqual(['a', 'c']);
    const left = { className: 'cat', keptSha256: null };
    expect(built.exclusions).toEqual([
      { sha256: 'b', outcome: 'too_many_pixels', detail: '1000x1001 is more than 1000000 pixels', ...left },
      { sha256: 'd', outcome: 'too_small', detail: '15x100 has a side under 16 pixels', ...left },
      { sha256: 'e', outcome: 'too_small', detail: '129x16 is longer than 8:1', ...left },
    ]);
    expect(built.counts).toMatchObject({ originals: 5, samples: 2, outcomes: { too_many_pixels: 1, too_small: 2 } });
  });

  it('leaves out copies of test images, with what it said of them, before it looks for duplicates', async () => {
    const leaks = new Map(['a', 'c'].map((id) => [id, { id, heldOutId: 'owl/1.png', distanceBits: 3 }]));
    const pair = [original('a', { pdq: '0'.repeat(64), width: 500 }), original('b', { pdq: '0'.repeat(64) })];
    const built = await plan([...pair, undecoded('c', 'truncated')], { leaks });
    expect(built.samples.map(({ sha256, copies }) => [sha256, copies])).toEqual([['b', 1]]);
    expect(built.exclusions).toEqual([
      {
        sha256: 'a',
        className: 'cat',
        outcome: 'leak',
        keptSha256: null,
        detail: 'copy of the test picture owl/1.png, PDQ distance 3 bits',
      },
      { sha256: 'c', className: 'cat', outcome: 'truncated', keptSha256: null, detail: null },
    ]);
    expect(built.counts.outcomes).toEqual({ leak: 1, truncated: 1 });
  });

  it('votes on classes whatever they are called', async () => {
    const classes = ['__proto__', 'constructor', 'toString'];
    const votes = [listing('__proto__'), listing('constructor'), listing('constructor', { rank: 2 })];
    const copy = original('b', { pdq: original('a').pdq, provenance: [listing('__proto__'), listing('__proto__')] });
    const built = await plan([original('a', { provenance: votes }), copy, original('c', { provenance: votes })], {
      classes,
    });
    expect(built.samples.map(({ className, label, conflicts }) => [className, label, conflicts])).toEqual([
      ['__proto__', 0, ['constructor']],
      ['constructor', 1, ['__proto__']],
    ]);
    expect(Object.entries(built.counts.perClass)).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
  });

  it('accounts for every original, whatever their order', async () => {
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
    await fc.assert(
      fc.asyncProperty(world, async ([originals, shuffled]) => {
        const built = await plan(originals);
        expect(await plan(shuffled)).toEqual(built);
        const accounted = [...built.samples, ...built.exclusions].map(({ sha256 }) => sha256).sort();
        const known = originals.filter(({ provenance }) =>
          provenance.some(({ className }) => CLASSES.includes(className)),
        );
        expect(accounted).toEqual(known.map(({ sha256 }) => sha256).sort());
      }),
      { seed: 1 },
    );
  });
});

describe('planBuild of a subset', () => {
  const subset = (more: Partial<SelectOptions['subset']>) => ({ subset: { ...EVERYTHING, ...more } });
  const left = (built: BuildPlan) => built.exclusions.map(({ sha256, outcome, detail }) => [sha256, outcome, detail]);

  it('of classes keeps labels, ignores other listings and leaves out images of other classes only', async () => {
    const both = original('a', { provenance: [listing('cat', { rank: 2 }), listing('owl')] });
    const built = await plan([both, original('b', { provenance: [listing('owl')] }), original('c')], {
      ...subset({ classes: new Set(['cat']) }),
    });
    expect(
      built.samples.map(({ sha256, label, conflicts, provenance }) => [sha256, label, conflicts, provenance.length]),
    ).toEqual([
      ['a', 1, [], 1],
      ['c', 1, [], 1],
    ]);
    expect(left(built)).toEqual([['b', 'excluded', 'of no class in build.classes']]);
  });

  it('leaves out hosts with all below them, or only their listings where there are others', async () => {
    const at = (host: string) => listing('cat', { imageUrl: `https://${host}/x.jpg` });
    const built = await plan(
      [
        original('a', { provenance: [at('bad.test'), at('img.bad.test')] }),
        original('b', { provenance: [at('good.test'), at('img.bad.test')] }),
        original('c', { provenance: [at('notbad.test')] }),
      ],
      subset({ exclude: parseExclusions(['host:Bad.test']) }),
    );
    expect(built.samples.map(({ sha256, provenance }) => [sha256, provenance.length])).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
    expect(left(built)).toEqual([['a', 'excluded', 'host:bad.test']]);
  });

  it('leaves out images by what their URLs last came to, by flag, and by expression: each for itself', async () => {
    const copy = { pdq: '0'.repeat(64) };
    const built = await plan(
      [original('a', { ...copy, width: 500 }), original('b', copy), original('c'), original('d', { sizeBytes: 9 })],
      {
        ...subset({
          exclude: parseExclusions(['outcome:gone', 'outcome:dark']),
          fetchOutcomes: new Map([
            ['a', 'gone'],
            ['b', 'stored'],
          ]),
          where: parseWhere('bytes > 9'),
        }),
        flags: new Map([['c', ['dark'] as const]]),
      },
    );
    expect(built.samples.map(({ sha256, copies }) => [sha256, copies])).toEqual([['b', 1]]);
    expect(left(built)).toEqual([
      ['a', 'excluded', 'outcome:gone'],
      ['c', 'excluded', 'outcome:dark'],
      ['d', 'excluded', 'build.where does not hold'],
    ]);
  });

  it('leaves out whole clusters: by any member, or where classes conflict', async () => {
    const digest = (first: string): string => first.repeat(64);
    const same = { pdq: digest('0') };
    const images = [
      original(digest('1'), { ...same, width: 500 }),
      original(digest('2'), same),
      original(digest('3'), { provenance: [listing('cat')], pdq: digest('f') }),
      original(digest('4'), { provenance: [listing('owl')], pdq: digest('f') }),
      original(digest('5')),
    ];
    const exclude = parseExclusions(['cluster:22222222', 'outcome:conflict']);
    const built = await plan(images, subset({ exclude }));
    expect(built.samples.map(({ sha256 }) => sha256[0])).toEqual(['5']);
    expect(left(built).map(([sha256, ...rest]) => [sha256?.[0], ...rest])).toEqual([
      ['1', 'excluded', 'cluster:22222222'],
      ['2', 'excluded', 'cluster:22222222'],
      ['3', 'excluded', 'outcome:conflict'],
      ['4', 'excluded', 'outcome:conflict'],
    ]);
  });
});

describe('planBuild of a world', () => {
  const own = (className: string, rank: number) => listing(className, { engine: 'world', query: 'web', rank });

  it('takes every listing as it is: no limits, copies, screens or leaks', async () => {
    const tiny = { width: 4, height: 4, pdq: '0'.repeat(64), pdqQuality: 0 };
    const built = await plan(
      [
        original('b', { ...tiny, provenance: [own('cat', 1), own('owl', 2), own('cat', 3)] }),
        original('a', { ...tiny, pixelSha256: 'pixels of b', provenance: [own('owl', 9), listing('cat')] }),
        undecoded('c', 'truncated'),
      ],
      {
        flags: new Map([['b', ['small'] as const]]),
        drop: new Set(['small'] as const),
        leaks: new Map([['b', { id: 'b', heldOutId: 'x', distanceBits: 0 }]]),
      },
    );
    expect(
      built.samples.map(({ key, sha256, className, label, unchanged, copies, conflicts, flags, provenance }) => ({
        ...{
          key,
          sha256,
          className,
          label,
          unchanged,
          copies,
          conflicts,
          flags,
          ranks: provenance.map(({ rank }) => rank),
        },
      })),
    ).toEqual(
      [
        ['b', 'cat', 1, 1],
        ['b', 'owl', 0, 2],
        ['b', 'cat', 1, 3],
        ['a', 'owl', 0, 9],
      ].map(([sha256, className, label, rank], index) => ({
        ...{ key: `00000000${index}`, sha256, className, label, unchanged: true, copies: 1, conflicts: [] },
        ...{ flags: undefined, ranks: [rank] },
      })),
    );
    // The crawled listing of the same file knows its limits.
    expect(built.exclusions.map(({ sha256, outcome }) => [sha256, outcome])).toEqual([
      ['a', 'too_small'],
      ['c', 'truncated'],
    ]);
  });

  it('honours what a person asks for, listing by listing', async () => {
    const world = original('b', { provenance: [own('cat', 1), own('owl', 2), own('cat', 3)] });
    const where = parseWhere('rank != 3 and class = cat');
    const built = await plan([world], { subset: { ...EVERYTHING, where } });
    expect(built.samples.map(({ className }) => className)).toEqual(['cat']);
    // One row for two listings of one class.
    expect(built.exclusions.map(({ className, outcome }) => [className, outcome])).toEqual(
      [
        ['owl', 'excluded'],
        ['cat', 'excluded'],
      ].sort(),
    );
  });

  it('keeps the copies of a crawled image that is a listing of a world, too, where only that is left out', async () => {
    const both = original('b', { provenance: [own('owl', 1), listing('cat')] });
    const copy = original('c', { pixelSha256: both.pixelSha256, pdq: both.pdq, width: 30 });
    const relabel: PlanOptions['relabel'] = ({ sample }) => (sample.unchanged === true ? 'decided to be open' : sample);
    const { samples, exclusions } = await plan([both, copy], { relabel });
    expect(samples.map(({ sha256, className, copies }) => [sha256, className, copies])).toEqual([['b', 'cat', 2]]);
    expect(exclusions.map(({ sha256, outcome, keptSha256 }) => [sha256, outcome, keptSha256])).toEqual([
      ['b', 'excluded', null],
      ['c', 'duplicate_pixels', 'b'],
    ]);
  });

  it('names an image once a class that is both crawled and of a world, and left out of both', async () => {
    const digest = 'b'.repeat(64);
    const both = original(digest, { provenance: [own('cat', 1), own('cat', 2), own('owl', 3), listing('cat')] });
    const exclude = parseExclusions([`cluster:${digest}`]);
    const built = await plan([both], { subset: { ...EVERYTHING, exclude } });
    expect(built.samples).toEqual([]);
    expect(built.exclusions.map(({ sha256, className, outcome }) => [sha256, className, outcome])).toEqual([
      [digest, 'cat', 'excluded'],
      [digest, 'owl', 'excluded'],
    ]);
    const leak = await plan([both], {
      subset: { ...EVERYTHING, exclude },
      leaks: new Map([[digest, { id: digest, heldOutId: 'x', distanceBits: 0 }]]),
    });
    expect(leak.exclusions.map(({ className, outcome }) => [className, outcome])).toEqual([
      ['cat', 'leak'],
      ['owl', 'excluded'],
    ]);
    expect(leak.counts.outcomes).toEqual({ leak: 1, excluded: 1 });
  });
});
