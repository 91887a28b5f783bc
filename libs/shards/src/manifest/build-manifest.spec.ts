import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provenance, SampleRecord } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import { buildDigest, loadManifest, sampleKey, shardName, ShardReader } from '../index';
import { verifyBuild, writeManifest, writeShard } from '../index';
import type { BuildDescription, BuildShard, ShardSample, StoredSample } from '../index';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'build-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const CLASSES = ['cat', 'dog|<b>', 'owl'];

function source(className: string, license: string | null): Provenance {
  return {
    engine: license === null ? 'bing' : 'commons',
    query: className,
    className,
    page: 1,
    rank: 1,
    imageUrl: 'https://example.com/a.jpg',
    pageUrl: null,
    title: null,
    license,
    licenseUrl: null,
    creator: null,
  };
}

function record(index: number): SampleRecord {
  const label = index % 2;
  const className = CLASSES[label] ?? '';
  return {
    key: sampleKey(index),
    className,
    label,
    width: 32,
    height: 32,
    sha256: String(index).padStart(64, '0'),
    pixelSha256: String(index).padStart(64, '1'),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    conflicts: index === 0 ? ['owl'] : [],
    copies: index === 0 ? 3 : 1,
    provenance: [source(className, index < 2 ? 'CC BY 4.0' : null)],
  };
}

const bytesOf = (index: number): Uint8Array => new Uint8Array(100 + index).fill(index);

async function build(target: string, count = 5): Promise<BuildDescription> {
  const samples: ShardSample[] = Array.from({ length: count }, (_, index) => ({
    record: record(index),
    extension: 'jpg',
    bytes: bytesOf(index),
  }));
  const shards: BuildShard[] = [];
  for (let start = 0; start < count; start += 2) {
    const entries = samples.slice(start, start + 2);
    const index = shards.length;
    const { skipped: _, ...shard } = await writeShard({ path: join(target, shardName('train', index)), entries });
    shards.push({ ...shard, split: 'train', records: entries.map((entry) => entry.record) });
  }
  const config = { size: 32, dedupe: { mergeBits: 15 } };
  return { name: 'pets', classes: CLASSES, config, createdBy: 'winnow 0.1.0', shards };
}

const read = (name: string): string => readFileSync(join(dir, name), 'utf8');

describe('a build', () => {
  it('is described, loaded, and read sample by sample', async () => {
    const written = await writeManifest(dir, await build(dir));
    const { manifest } = written;
    expect(written).toEqual(await loadManifest(dir));
    expect(manifest).toMatchObject({
      samples: 5,
      splits: { train: 5 },
      classCounts: { cat: 3, 'dog|<b>': 2, owl: 0 },
      licenses: { unknown: 3, 'CC BY 4.0': 2 },
      engines: { bing: 3, commons: 2 },
      conflicting: 1,
      copies: 7,
    });
    const loaded = await loadManifest(dir);
    expect(loaded.manifest).toEqual(manifest);
    expect(manifest.lists).toEqual(
      ['samples.jsonl', 'samples.parquet'].map((name) => {
        const bytes = readFileSync(join(dir, name));
        return { name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      }),
    );
    const reader = new ShardReader(dir);
    for (const [index, sample] of loaded.samples.entries()) {
      expect(sample).toMatchObject({ ...record(index), split: 'train', extension: 'jpg' });
      expect((await reader.read(sample)).equals(bytesOf(index))).toBe(true);
    }
    await reader.close();
    expect(await verifyBuild(dir, loaded)).toEqual([]);
  });

  it('has the same bytes when it is built again', async () => {
    const lists = [
      'dataset.json',
      'samples.jsonl',
      'samples.parquet',
      '_info.json',
      'shardindex.json',
      'ATTRIBUTION.tsv',
      'README.md',
    ];
    const files = [...lists, 'train-000002.tar'];
    await writeManifest(dir, await build(dir));
    const other = mkdtempSync(join(tmpdir(), 'build-'));
    await writeManifest(other, await build(other));
    for (const file of files)
      expect(readFileSync(join(other, file), 'latin1')).toBe(readFileSync(join(dir, file), 'latin1'));
    rmSync(other, { recursive: true });
  });

  it('is described for timm, wids and people', async () => {
    const { shards, digest } = (await writeManifest(dir, await build(dir))).manifest;
    expect(JSON.parse(read('_info.json'))).toEqual({
      splits: {
        train: {
          name: 'train',
          filenames: ['train-000000.tar', 'train-000001.tar', 'train-000002.tar'],
          shard_lengths: [2, 2, 1],
          num_samples: 5,
        },
      },
    });
    const wids = JSON.parse(read('shardindex.json')) as { shardlist: { md5sum: string; filesize: number }[] };
    expect(wids).toMatchObject({ __kind__: 'wids-shard-index-v1', wids_version: 1, name: 'pets' });
    const md5 = execFileSync('md5sum', [join(dir, 'train-000001.tar')], { encoding: 'utf8' }).slice(0, 32);
    expect(wids.shardlist[1]).toEqual({
      url: 'train-000001.tar',
      md5sum: md5,
      nsamples: 2,
      filesize: shards[1]?.sizeBytes,
    });
    const card = read('README.md');
    expect(card).toContain(digest);
    expect(card).toContain('| 1 | dog\\|\\<b\\> | 2 |');
    expect(card).toContain('| CC BY 4.0 | 2 |');
    expect(read('ATTRIBUTION.tsv').split('\n')).toHaveLength(7);
  });

  it('says under which settings it was collected', async () => {
    const config = { harvest: { respectRobots: false, licenses: 'commercial', '<b>': ['a|b'] } };
    await writeManifest(dir, { ...(await build(dir)), config });
    expect(read('README.md')).toContain(
      '| setting | value |\n| --- | --- |\n| \\<b\\> | \\["a\\|b"\\] |\n| licenses | "commercial" |\n| respectRobots | false |\n',
    );
  });

  it('counts licences in one spelling', async () => {
    const description = await build(dir);
    const spellings = ['CC BY 4.0', 'by 4.0', 'cc-by-4.0', 'Custom', null];
    const records = description.shards.flatMap((shard) => shard.records);
    const stated = records.map((one, index) => ({
      ...one,
      provenance: [source(one.className, spellings[index] ?? null)],
    }));
    const shards = description.shards.map((shard, index) => ({
      ...shard,
      records: stated.slice(2 * index, 2 * index + 2),
    }));
    expect((await writeManifest(dir, { ...description, shards })).manifest.licenses).toEqual({
      'CC BY 4.0': 3,
      Custom: 1,
      unknown: 1,
    });
  });

  it('has a digest of its shards, their order, the attribution and the config', () => {
    const [a, b] = [{ sha256: 'a' }, { sha256: 'b' }];
    const digests = [
      buildDigest({ shards: [a, b] }, { x: 1, y: 2 }),
      buildDigest({ shards: [b, a] }, { x: 1, y: 2 }),
      buildDigest({ shards: [a, b] }, { x: 1 }),
    ];
    digests.push(buildDigest({ shards: [a, b], attribution: a }, { x: 1, y: 2 }));
    expect(new Set(digests).size).toBe(4);
    expect(buildDigest({ shards: [a, b] }, { y: 2, x: 1 })).toBe(digests[0]);
  });

  it('refuses records that do not fit the shard', async () => {
    const description = await build(dir);
    const [first, ...others] = description.shards;
    const wrong = { ...(first as BuildShard), records: [] };
    await expect(writeManifest(dir, { ...description, shards: [wrong, ...others] })).rejects.toMatchObject({
      code: 'INTERNAL',
      where: 'train-000000.tar',
    });
  });

  it('counts classes whatever they are called', async () => {
    const description = await build(dir);
    const names = new Map([
      ['cat', '__proto__'],
      ['dog|<b>', 'constructor'],
    ]);
    const renamed = description.shards.map((shard) => ({
      ...shard,
      records: shard.records.map((item) => ({ ...item, className: names.get(item.className) ?? item.className })),
    }));
    await writeManifest(dir, { ...description, classes: ['__proto__', 'constructor', 'owl'], shards: renamed });
    const { manifest } = await loadManifest(dir);
    expect(Object.entries(manifest.classCounts).sort()).toEqual([
      ['__proto__', 3],
      ['constructor', 2],
      ['owl', 0],
    ]);
    expect(read('README.md')).toContain('| 0 | \\_\\_proto\\_\\_ | 3 |');
  });

  it('names the file and line that is wrong', async () => {
    await expect(loadManifest(dir)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: join(dir, 'dataset.json'),
      next: 'Run `winnow build`: it makes the data set, or makes it again where its lists do not fit together.',
    });
    await writeManifest(dir, await build(dir));
    const lines = read('samples.jsonl').trim().split('\n');
    const load = async (changed: readonly string[]): Promise<unknown> => {
      writeFileSync(join(dir, 'samples.jsonl'), changed.map((line) => `${line}\n`).join(''));
      return loadManifest(dir).catch((error: unknown) => error);
    };
    const where = `${join(dir, 'samples.jsonl')}, line 2`;
    const second = (text: string): string[] => lines.map((line, index) => (index === 1 ? text : line));
    const edit = (changes: object): string[] =>
      second(stableJson({ ...(JSON.parse(lines[1] ?? '') as object), ...changes }));
    expect(await load(second('{'))).toMatchObject({ code: 'DATA_CORRUPT', where, message: 'not JSON' });
    expect(await load(edit({ shard: 'x.tar' }))).toMatchObject({ code: 'DATA_CORRUPT', where });
    expect(await load(edit({ offset: 1e9 }))).toMatchObject({ code: 'DATA_CORRUPT', where });
    expect(await load(edit({ label: 0 }))).toMatchObject({ code: 'DATA_CORRUPT', where });
    expect(await load(lines.slice(1))).toMatchObject({ code: 'DATA_CORRUPT' });
    writeFileSync(join(dir, 'dataset.json'), read('dataset.json').replace('"mergeBits": 15', '"mergeBits": 16'));
    expect(await load(lines)).toMatchObject({ code: 'DATA_CORRUPT', where: join(dir, 'dataset.json') });
  });

  it.each([
    ['no shard', { shards: [null] }],
    ['a shard that is a text', { shards: ['train-000000.tar'] }],
    ['a file elsewhere', { lists: [{ name: '../x', sizeBytes: 1, sha256: '0'.repeat(64) }] }],
    ['a folder', { lists: [{ name: '..', sizeBytes: 1, sha256: '0'.repeat(64) }] }],
    ['a name that is no text', { attribution: { name: 1, sizeBytes: 1, sha256: '0'.repeat(64) } }],
    ['a size that is none', { attribution: { name: 'a', sizeBytes: -1, sha256: '0'.repeat(64) } }],
    ['a digest that is none', { attribution: { name: 'a', sizeBytes: 1, sha256: 'x' } }],
    ['lists that are none', { lists: null }],
    ['a class that is none', { classes: [null] }],
    ['no count', { samples: '5' }],
    ['no config', { config: undefined }],
  ])('is not read with %s in dataset.json', async (_, changes) => {
    const manifest = { ...(await writeManifest(dir, await build(dir))).manifest, ...changes };
    let { digest } = manifest;
    try {
      digest = buildDigest(manifest as Parameters<typeof buildDigest>[0], manifest.config ?? null);
    } catch {
      // Nothing has this digest.
    }
    writeFileSync(join(dir, 'dataset.json'), JSON.stringify({ ...manifest, digest }));
    const where = join(dir, 'dataset.json');
    await expect(loadManifest(dir)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where });
  });

  it.each(['dataset.json', 'samples.jsonl'])('is not read where %s is a pipe or a folder', async (name) => {
    await writeManifest(dir, await build(dir));
    unlinkSync(join(dir, name));
    execFileSync('mkfifo', [join(dir, name)]);
    await expect(loadManifest(dir)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: join(dir, name) });
    unlinkSync(join(dir, name));
    mkdirSync(join(dir, name));
    await expect(loadManifest(dir)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: join(dir, name) });
  });

  it('is not sound with pipes, folders and links in place of its files', async () => {
    await writeManifest(dir, await build(dir));
    const loaded = await loadManifest(dir);
    const [pipe, folder, link, list, card] = [0, 1, 2]
      .map((index) => shardName('train', index))
      .concat(['ATTRIBUTION.tsv', 'README.md']) as [string, string, string, string, string];
    for (const name of [pipe, folder, list, card]) unlinkSync(join(dir, name));
    for (const name of [pipe, list, card]) execFileSync('mkfifo', [join(dir, name)]);
    mkdirSync(join(dir, folder));
    renameSync(join(dir, link), join(dir, 'elsewhere'));
    symlinkSync(join(dir, 'elsewhere'), join(dir, link));
    const found = await verifyBuild(dir, loaded, { createdBy: 'winnow 0.1.0' });
    expect(found.map(({ file, problem }) => [file, problem])).toEqual(
      [pipe, folder, link, list, card].map((name) => [name, 'the file is no plain file']),
    );
  });

  it('of an earlier winnow, without attribution, can still be read', async () => {
    const { attribution: _, ...manifest } = (await writeManifest(dir, await build(dir))).manifest;
    const old = { ...manifest, digest: buildDigest({ shards: manifest.shards }, manifest.config) };
    writeFileSync(join(dir, 'dataset.json'), stableJson(old));
    unlinkSync(join(dir, 'ATTRIBUTION.tsv'));
    expect(await verifyBuild(dir, await loadManifest(dir))).toEqual([]);
    writeFileSync(join(dir, 'dataset.json'), stableJson(manifest));
    await expect(loadManifest(dir)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });

  it('is verified with its attribution', async () => {
    await writeManifest(dir, await build(dir));
    const loaded = await loadManifest(dir);
    const text = read('ATTRIBUTION.tsv');
    const problems = async (): Promise<string[]> =>
      (await verifyBuild(dir, loaded)).map(({ file, problem }) => `${file}: ${problem}`);
    writeFileSync(join(dir, 'ATTRIBUTION.tsv'), text.replace('CC BY 4.0', 'CC BY 3.0'));
    expect(await problems()).toEqual(['ATTRIBUTION.tsv: the file was changed']);
    writeFileSync(join(dir, 'ATTRIBUTION.tsv'), text.slice(1));
    expect(await problems()).toEqual([`ATTRIBUTION.tsv: the file has ${text.length - 1} bytes, not ${text.length}`]);
    unlinkSync(join(dir, 'ATTRIBUTION.tsv'));
    expect(await problems()).toEqual(['ATTRIBUTION.tsv: the file is missing']);
  });

  describe('is verified with what has no digest', () => {
    const problems = async (createdBy = 'winnow 0.1.0'): Promise<string[]> =>
      (await verifyBuild(dir, await loadManifest(dir), { createdBy })).map(
        ({ file, problem }) => `${file}: ${problem}`,
      );
    const edit = (name: string, from: string, to: string): void => {
      const text = read(name);
      expect(text).toContain(from);
      writeFileSync(join(dir, name), text.replace(from, to));
    };
    const resized = (name: string): unknown =>
      expect.stringMatching(new RegExp(String.raw`^${name}: the file has \d+ bytes, not \d+$`));
    beforeEach(async () => {
      await writeManifest(dir, await build(dir));
    });

    it('a sound one has no problems', async () => expect(await problems()).toEqual([]));

    it.each([
      ['_info.json', '"num_samples": 5', '"num_samples": 6'],
      ['shardindex.json', '"nsamples": 2', '"nsamples": 3'],
      ['README.md', 'CC BY 4.0', 'CC BY 3.0'],
    ])('%s changed or gone', async (name, from, to) => {
      edit(name, from, to);
      expect(await problems()).toEqual([`${name}: the file was changed`]);
      unlinkSync(join(dir, name));
      expect(await problems()).toEqual([`${name}: the file is missing`]);
      // Another winnow may write it otherwise.
      expect(await problems('winnow 0.2.0')).toEqual([]);
    });

    it('counts, licences and classes of dataset.json', async () => {
      edit('dataset.json', '"CC BY 4.0": 2', '"CC0": 2');
      edit('dataset.json', '"cat": 3', '"cat": 4');
      expect(await problems()).toEqual([resized('dataset.json')]);
    });

    it('a class without images', async () => {
      edit('dataset.json', '"owl"\n', '"elk"\n');
      expect(await problems()).toEqual(['dataset.json: the file was changed', 'README.md: the file was changed']);
    });

    it('white space, and keys that winnow does not write', async () => {
      edit('dataset.json', '{\n', '{\n\n');
      expect(await problems()).toEqual([resized('dataset.json')]);
      edit('dataset.json', '{\n', '{"note": 1,');
      expect(await problems()).toEqual([resized('dataset.json')]);
    });

    it('stray shards, whoever made the build', async () => {
      for (const name of ['test-000000.tar', 'train-000003.tar', 'notes.tar']) writeFileSync(join(dir, name), '');
      const stray = ['test-000000.tar', 'train-000003.tar'].map(
        (name) => `${name}: a shard that is not in dataset.json`,
      );
      expect(await problems()).toEqual(stray);
      expect(await problems('winnow 0.2.0')).toEqual(stray);
    });

    it('lines of samples.jsonl that are no samples', async () => {
      const { manifest, samples } = await loadManifest(dir);
      const bare = samples.map(({ provenance: _, ...sample }) => sample as StoredSample);
      const found = await verifyBuild(dir, { manifest, samples: bare }, { createdBy: 'winnow 0.1.0' });
      expect(found).toEqual([{ file: 'samples.jsonl', problem: 'its lines are not samples as winnow writes them' }]);
    });
  });

  it('is verified shard by shard', async () => {
    await writeManifest(dir, await build(dir));
    const loaded = await loadManifest(dir);
    const bytes = readFileSync(join(dir, 'train-000000.tar'));
    bytes[600] = (bytes[600] ?? 0) ^ 1;
    writeFileSync(join(dir, 'train-000000.tar'), bytes);
    writeFileSync(join(dir, 'train-000001.tar'), bytes.subarray(0, 512));
    unlinkSync(join(dir, 'train-000002.tar'));
    const problems = await verifyBuild(dir, loaded);
    expect(problems.map(({ file, problem }) => `${file}: ${problem}`)).toEqual([
      'train-000000.tar: the file was changed',
      `train-000001.tar: the file has 512 bytes, not ${loaded.manifest.shards[1]?.sizeBytes}`,
      'train-000002.tar: the file is missing',
    ]);
    const reader = new ShardReader(dir);
    await expect(reader.read({ shard: 'train-000002.tar', offset: 0, length: 1 })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      next: 'Run `winnow build` again: it rebuilds a data set with a shard missing or cut.',
    });
    await reader.close();
  });
});

describe('stableJson', () => {
  it('sorts keys at every level and refuses what JSON cannot say', () => {
    expect(stableJson({ b: [{ z: 1, a: null }], a: 'x', B: true })).toBe('{"B":true,"a":"x","b":[{"a":null,"z":1}]}');
    expect(stableJson({ a: undefined, b: [undefined, '\ud800'], c: {} })).toBe('{"b":[null,"\\ud800"],"c":{}}');
    expect(stableJson({ b: 1, '10': [], '9': {}, ['__proto__']: 2 })).toBe('{"9":{},"10":[],"__proto__":2,"b":1}');
    expect(stableJson({ b: [1], a: {} }, 2)).toBe('{\n  "a": {},\n  "b": [\n    1\n  ]\n}');
    expect(() => stableJson({ a: [{ b: Number.NaN }] })).toThrow(expect.objectContaining({ where: 'a[0].b' }));
  });
});
