import { createHash } from 'node:crypto';
import type { Provenance, SampleRecord } from '@winnow/contracts';
import fc from 'fast-check';
import { parse } from 'yaml';
import { cardEvidence } from './card-evidence';
import { cardLabels } from './card-labels';
import { datasetCard } from './dataset-card';
import { describeBuild } from './describe-build';
import type { BuildDescription, BuildShard } from './build-manifest';
import { sampleKey, shardName } from '../write/shard-name';
import { yamlLines } from './yaml-lines';
import type { YamlValue } from './yaml-lines';

function found(engine: string, query: string, license: string | null = 'CC BY 4.0'): Provenance {
  const rest = {
    className: 'cat',
    page: 1,
    rank: 1,
    imageUrl: 'https://example.com/a.jpg',
    pageUrl: null,
    title: null,
  };
  return { engine, query, ...rest, license, licenseUrl: null, creator: null };
}

function record(index: number, more: Partial<SampleRecord> = {}): SampleRecord {
  return {
    key: sampleKey(index),
    className: 'cat',
    label: 0,
    width: 8,
    height: 8,
    sha256: 'a'.repeat(64),
    pixelSha256: 'b'.repeat(64),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    conflicts: [],
    copies: 1,
    provenance: [found('bing', 'cat')],
    ...more,
  };
}

function build(records: readonly SampleRecord[], more: Partial<BuildDescription> = {}): BuildDescription {
  const shard: BuildShard = {
    name: shardName('train', 0),
    split: 'train',
    sha256: 'c'.repeat(64),
    md5: 'd'.repeat(32),
    sizeBytes: 1024,
    entries: records.map(({ key }) => ({ key, extension: 'jpg', offset: 512, length: 1 })),
    records,
  };
  return { name: 'pets', classes: ['cat', 'dog'], config: {}, createdBy: 'winnow 0.1.0', shards: [shard], ...more };
}

const WRITTEN = { attribution: { name: 'ATTRIBUTION.tsv', sizeBytes: 0, sha256: '0'.repeat(64) }, lists: [] };
const cardOf = (description: BuildDescription): string =>
  datasetCard(describeBuild(description, WRITTEN), description.shards);

interface Head {
  readonly pretty_name: string;
  readonly license: string;
  readonly size_categories: readonly string[];
  readonly configs: readonly unknown[];
  readonly dataset_info: { readonly features: readonly { readonly name: string; readonly dtype?: unknown }[] };
}

/** What stands between the first two lines of dashes. */
function headOf(card: string): Head {
  const [empty, head] = card.split(/^---$/m);
  expect(empty).toBe('');
  return parse(head as string) as Head;
}

describe('datasetCard of stored data sets', () => {
  it('keeps its words: verify makes the card again and compares it byte for byte', () => {
    const flagged = record(1, {
      className: 'dog',
      label: 1,
      conflicts: ['cat'],
      copies: 3,
      flags: ['dark'],
      unchanged: true,
    });
    const card = cardOf(build([record(0), flagged, record(2, { copies: 2 })]));
    expect(createHash('sha256').update(card).digest('hex')).toBe(
      '7993f32d5551e19960f55caa16abd52e8db462ad5d4a09ea22c300240eca1454',
    );
  });
});

describe('cardEvidence', () => {
  it('counts what two searches returned, and where they disagree', () => {
    const evidence = cardEvidence([
      // One search, twice: one witness.
      record(0, { provenance: [found('bing', 'cat'), found('bing', 'cat')], copies: 2 }),
      record(1, { provenance: [found('bing', 'cat'), found('bing', 'kitten')], flags: ['dark'] }),
      record(2, { provenance: [found('bing', 'cat'), found('openverse', 'cat')], flags: ['dark', 'blurry'] }),
      record(3, { provenance: [found('bing', 'cat'), found('bing', 'dog')], conflicts: ['dog'], copies: 5 }),
      record(4, { provenance: [], unchanged: true }),
    ]);
    expect(evidence).toEqual({
      foundTwice: 3,
      disagreeing: 1,
      withCopies: 2,
      unchanged: 1,
      relabelled: 0,
      flags: { blurry: 1, dark: 2 },
    });
    // In the order of IMAGE_FLAGS.
    expect(Object.keys(evidence.flags)).toEqual(['blurry', 'dark']);
  });
});

describe('cardLabels', () => {
  const none = { foundTwice: 0, disagreeing: 0, withCopies: 0, unchanged: 0, relabelled: 0, flags: {} };

  it('states the share with its interval', () => {
    const text = cardLabels(
      { samples: 100, conflicting: 12, engines: { bing: 100 } },
      { ...none, foundTwice: 40, disagreeing: 10 },
    ).join('\n');
    expect(text).toContain('at least two searches (engine and query) returned: 40 of 100');
    expect(text).toContain('10 (25.0 %)');
    // Wilson's interval of 10 in 40, from tables.
    expect(text).toContain('14.2 % to 40.2 %');
  });

  it('claims nothing where nothing was found twice', () => {
    const text = cardLabels({ samples: 3, conflicting: 0, engines: { bing: 3 } }, none).join('\n');
    expect(text).toContain('says nothing about wrong labels');
    expect(text).not.toContain('NaN');
  });
});

describe('datasetCard', () => {
  it('has a head that names splits, columns, classes and size', () => {
    const head = headOf(cardOf(build([record(0), record(1)])));
    expect(head).toMatchObject({
      pretty_name: 'pets',
      license: 'cc-by-4.0',
      size_categories: ['n<1K'],
      configs: [{ config_name: 'default', data_files: [{ split: 'train', path: 'train-*.tar' }] }],
    });
    const { features } = head.dataset_info;
    expect(features.map(({ name }) => name)).toEqual(['jpg', 'cls', 'json', '__key__', '__url__']);
    expect(features[1]?.dtype).toEqual({ class_label: { names: { '0': 'cat', '1': 'dog' } } });
  });

  it('states a licence only where all images have it and the hub knows it', () => {
    const licenseOf = (...licenses: (string | null)[]): string =>
      headOf(
        cardOf(build(licenses.map((license, index) => record(index, { provenance: [found('bing', 'cat', license)] })))),
      ).license;
    expect(licenseOf('cc0-1.0', 'CC0 1.0')).toBe('cc0-1.0');
    expect(licenseOf('CC BY-SA 4.0')).toBe('cc-by-sa-4.0');
    expect(licenseOf('CC BY 4.0', 'CC BY-SA 4.0')).toBe('other');
    expect(licenseOf('CC BY 4.0', null)).toBe('other');
    expect(licenseOf('ask me')).toBe('other');
    expect(licenseOf()).toBe('other');
  });

  it('holds hostile names in its head and its tables', () => {
    const classes = ['---', 'a\n---\nb', '"]}, !!python/object', '<script>', '[x](y)', '| a `b` |', '\u2028#', 'no'];
    const records = classes.map((className, label) => record(label, { className, label }));
    const card = cardOf(build(records, { classes, name: '"\n---\n# x' }));
    const head = headOf(card);
    expect(head.pretty_name).toBe('"\n---\n# x');
    expect(head.dataset_info.features[1]?.dtype).toEqual({ class_label: { names: { ...classes } } });
    const body = card.slice(card.indexOf('\n---\n', 4) + 5);
    expect(body).not.toMatch(/[^\\]<script|[^\\]\]\(y\)|^---$|\u2028/m);
    expect(body).toContain('\\[x\\](y)');
  });

  it('says of imported data that nobody collected it', () => {
    const imported = [record(0, { provenance: [found('import', '')], unchanged: true })];
    expect(cardOf(build(imported))).toContain('imported from files');
    expect(cardOf(build(imported))).toContain('byte for byte as they were imported: 1');
    const config = { harvest: { engines: ['bing'] } };
    expect(cardOf(build(imported, { config }))).not.toMatch(
      /bing|Collected under|engine that listed|URLs under|searches/,
    );
    const mixed = [...imported, record(1)];
    expect(cardOf(build(mixed, { config }))).toMatch(/Collected under these settings:[^]*bing/);
    expect(cardOf(build(mixed))).toContain('in part imported from files, in part collected from the web');
    expect(cardOf(build([record(0)]))).toContain('collected from the web');
  });

  it('is the same for equal builds', () => {
    expect(cardOf(build([record(0)]))).toBe(cardOf(build([record(0)])));
  });
});

describe('yamlLines', () => {
  it.each(['1.1', '1.2'] as const)('is read back as it was by YAML %s', (version) => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'no',
        'yes',
        '~',
        'null',
        '0x1f',
        '1e3',
        '12:30',
        '2001-01-01',
        '- a',
        '? b',
        '#',
        '',
        ' ',
        '\x85',
      ),
    );
    const { value } = fc.letrec<{ value: YamlValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tie('value'),
          { maxKeys: 3 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        const read: unknown = parse(yamlLines(given).join('\n'), { version, merge: false });
        expect(JSON.stringify(read)).toBe(JSON.stringify(wellFormed(given)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

/** Half a surrogate pair is no character: files in UTF-8 cannot hold it. */
function wellFormed(value: YamlValue): unknown {
  return JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd'));
}
