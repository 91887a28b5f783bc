import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Provenance, SampleRecord } from '@winnow/contracts';
import { encodeJpeg, encodePng } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { sampleKey, shardName, writeManifest, writeShard } from '@winnow/shards';
import type { BuildShard, ShardSample } from '@winnow/shards';
import { defaultCacheDir } from '@winnow/tensor';
import { installedPython } from '../harness/python-environment';
import { SHARD_READERS } from '../harness/python-environments';

const programs = process.env['WINNOW_TEST_PYTHON'] ?? installedPython(SHARD_READERS, defaultCacheDir(process.env));
const describeWithPython = programs === undefined ? describe.skip : describe;

/** Names that mean something to YAML, to Markdown or to a path. */
const CLASSES = ['no', '- x: "y"\n---\n', "Ärzte & 'Söhne' | 🍄\u2028", '0x10', '../..', 'never seen'];
const SAMPLES = 14;
const SHARD_SAMPLES = 4;

interface ReadSample {
  readonly key: string;
  readonly label: number;
  readonly record: Record<string, unknown> & { readonly provenance: readonly Record<string, unknown>[] };
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
}
type Reader = 'webdataset' | 'wids' | 'datasets' | 'streaming';
type ReadBuild = Record<Reader, readonly ReadSample[]> & {
  readonly classes: readonly string[];
  readonly frame: Readonly<Record<string, readonly string[]>> | null;
};

function found(index: number, at: number): Provenance {
  const isNamed = (index + at) % 3 === 0;
  return {
    engine: at === 0 ? 'bing' : 'openverse',
    query: `query "${index}" <b>`,
    className: CLASSES[index % 5] as string,
    page: 1,
    rank: at + 1,
    imageUrl: `https://example.com/${index}-${at}.jpg`,
    pageUrl: isNamed ? 'https://example.com/' : null,
    title: isNamed ? `---\n"title" \u0007 ${'x'.repeat(index)}` : null,
    license: isNamed ? 'CC BY 4.0' : null,
    licenseUrl: null,
    creator: null,
  };
}

/** The first shard lacks what later ones have: readers that guess columns from it must not break. */
function recordOf(index: number, { width, height }: RgbImage): SampleRecord {
  const isLater = index >= SHARD_SAMPLES;
  return {
    key: sampleKey(index),
    className: CLASSES[index % 5] as string,
    label: index % 5,
    width,
    height,
    sha256: String(index).padStart(64, '0'),
    pixelSha256: String(index).padStart(64, '1'),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    conflicts: isLater && index % 4 === 0 ? [CLASSES[5] as string] : [],
    copies: 1 + (index % 3),
    ...(isLater && index % 2 === 0 ? { flags: ['blurry', 'dark'] as const } : {}),
    ...(index === 9 ? { unchanged: true as const } : {}),
    provenance: Array.from({ length: isLater ? index % 3 : 1 }, (_, at) => found(index, at)),
  };
}

/** Smooth, so that two JPEG decoders may differ by rounding only. */
function imageOf(index: number): RgbImage {
  const random = new SeededRandom('images').fork('image', index);
  const [width, height] = [16 + random.int(30), 16 + random.int(30)];
  const slopes = [random.int(5), random.int(5), random.int(5)];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return 20 + index + (slopes[at % 3] as number) * Math.round((x + y) / 2);
  });
  return { width, height, data };
}

async function writeBuild(folder: string): Promise<ShardSample[]> {
  const samples: ShardSample[] = [];
  for (let index = 0; index < SAMPLES; index += 1) {
    const image = imageOf(index);
    const isPng = index % 5 === 4;
    const bytes = isPng ? await encodePng(image) : await encodeJpeg(image, 95);
    samples.push({ record: recordOf(index, image), extension: isPng ? 'png' : 'jpg', bytes });
  }
  const shards: BuildShard[] = [];
  for (let start = 0; start < SAMPLES; start += SHARD_SAMPLES) {
    const entries = samples.slice(start, start + SHARD_SAMPLES);
    const { skipped: _, ...shard } = await writeShard({
      path: path.join(folder, shardName('train', shards.length)),
      entries,
    });
    shards.push({ ...shard, split: 'train', records: entries.map(({ record }) => record) });
  }
  const config = { harvest: { licenses: 'any' }, build: { size: 32 } };
  await writeManifest(folder, { name: 'yes: "#no"', classes: CLASSES, config, createdBy: 'winnow 0.1.0', shards });
  return samples;
}

describeWithPython("Python's readers", () => {
  let folder: string;
  let samples: readonly ShardSample[];
  let read: ReadBuild;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-python-'));
    const build = path.join(folder, 'my data');
    mkdirSync(build);
    samples = await writeBuild(build);
    const { stdout } = await promisify(execFile)(
      path.join(programs as string, 'python'),
      [path.join(__dirname, 'read-build.py'), build],
      {
        env: { ...process.env, HF_HOME: path.join(folder, 'hub'), HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1' },
        maxBuffer: 1 << 26,
      },
    );
    read = JSON.parse(stdout) as ReadBuild;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['webdataset', 'wids', 'datasets', 'streaming'] as const)('%s: every sample, its label and image', (name) => {
    const given = name === 'wids' ? [...read.wids].reverse() : read[name];
    expect(given.map(({ key, label }) => [key, label])).toEqual(
      samples.map(({ record }) => [record.key, record.label]),
    );
    for (const [index, { width, height, rgb }] of given.entries()) {
      const expected = imageOf(index);
      expect([width, height]).toEqual([expected.width, expected.height]);
      expect(largestDifference(Buffer.from(rgb, 'base64'), expected.data)).toBeLessThanOrEqual(index % 5 === 4 ? 0 : 6);
    }
  });

  it.each(['webdataset', 'wids'] as const)('%s: the record', (name) => {
    const given = name === 'wids' ? [...read.wids].reverse() : read[name];
    expect(given.map(({ record }) => record)).toEqual(samples.map(({ record }) => expect.objectContaining(record)));
  });

  it.each(['datasets', 'streaming'] as const)('%s: the record, with nulls for what a sample lacks', (name) => {
    for (const [index, { record }] of read[name].entries()) {
      const { record: expected } = samples[index] as ShardSample;
      const { flags, unchanged, ...rest } = record;
      expect(flags ?? []).toEqual(expected.flags ?? []);
      expect(unchanged ?? undefined).toBe(expected.unchanged);
      const { flags: _flags, unchanged: _unchanged, ...others } = expected;
      expect(rest).toEqual(others);
    }
  });

  it('datasets: the class names', () => {
    expect(read.classes).toEqual(CLASSES);
  });

  it('pandas: samples.parquet', () => {
    expect(read.frame?.['key']).toEqual(samples.map(({ record }) => record.key));
    expect(read.frame?.['label']).toEqual(samples.map(({ record }) => String(record.label)));
  });
});

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - (b[at] as number))), 0);
}
