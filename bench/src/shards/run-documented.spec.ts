import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { csvText } from '@winnow/files';
import type { NoiseKind } from '@winnow/contracts';
import { encodeJpeg, encodePng } from '@winnow/imaging';
import { sampleKey, shardName, writeManifest, writeShard } from '@winnow/shards';
import type { BuildShard, ShardSample } from '@winnow/shards';
import { defaultCacheDir } from '@winnow/tensor';
import { installedPython } from '../harness/python-environment';
import { ROOT } from '../harness/workspace';
import { SHARD_READERS } from '../harness/python-environments';

const programs = process.env['WINNOW_TEST_PYTHON'] ?? installedPython(SHARD_READERS, defaultCacheDir(process.env));
const describeWithPython = programs === undefined ? describe.skip : describe;

const SIZE = 32;
const CLASSES = ['robin', '-blue tit', 'NA'];
/** Split, given label, refined label. The first shard holds JPEG files, the last image is a JPEG file, too. */
const IMAGES: readonly (readonly [NoiseKind, number, number])[] = [
  ['clean', 0, 1],
  ['open', 0, 1],
  ['closed', 0, 2],
  ['clean', 1, 0],
  ['closed', 1, 0],
  ['open', 2, 0],
  ['clean', 2, 1],
];
const SHARD_SAMPLES = 4;

async function sampleOf(index: number): Promise<ShardSample> {
  const [, label] = IMAGES[index] as (typeof IMAGES)[number];
  const image = { width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 3).fill(40 * index) };
  const isPng = index === 4;
  return {
    record: {
      key: sampleKey(index),
      className: CLASSES[label] as string,
      label,
      width: SIZE,
      height: SIZE,
      sha256: sha256(`original ${index}`),
      pixelSha256: '1'.repeat(64),
      pdq: '0'.repeat(64),
      pdqQuality: 90,
      conflicts: [],
      copies: 1,
      provenance: [],
    },
    extension: isPng ? 'png' : 'jpg',
    bytes: isPng ? await encodePng(image) : await encodeJpeg(image, 95),
  };
}

async function writeProject(folder: string): Promise<readonly ShardSample[]> {
  const build = path.join(folder, '.winnow/builds/BUILD');
  mkdirSync(build, { recursive: true });
  copyFileSync(path.join(ROOT, 'examples/demo/teacher/teacher.safetensors'), path.join(folder, 'teacher.safetensors'));
  const samples = await Promise.all(IMAGES.map((_, index) => sampleOf(index)));
  const shards: BuildShard[] = [];
  for (let start = 0; start < samples.length; start += SHARD_SAMPLES) {
    const entries = samples.slice(start, start + SHARD_SAMPLES);
    const file = path.join(build, shardName('train', shards.length));
    const { skipped: _, ...shard } = await writeShard({ path: file, entries });
    shards.push({ ...shard, split: 'train', records: entries.map(({ record }) => record) });
  }
  await writeManifest(build, { name: 'birds', classes: CLASSES, config: {}, createdBy: 'winnow 0.1.0', shards });
  const lines = samples.map(({ record }, index) => {
    const [kind, label, refined] = IMAGES[index] as (typeof IMAGES)[number];
    return [record.sha256, '?', CLASSES[label] as string, kind, '0.5', '0.3', '0.2', CLASSES[refined] as string, ''];
  });
  const columns = ['picture', 'class', 'given', 'kind', 'clean', 'closed', 'open', 'refined', 'url'];
  writeFileSync(path.join(folder, 'kinds.csv'), [columns, ...lines.reverse()].map(csvText).join(''));
  return samples;
}

interface Made {
  readonly labels: readonly number[];
  readonly first: number;
  readonly shapes: readonly string[];
  readonly indexed: { readonly shape: readonly number[]; readonly label: number; readonly key: string };
  readonly folder: readonly (readonly [string, string])[];
  readonly tars: readonly (readonly [string, number, string])[];
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describeWithPython('the snippets of docs/pytorch.md', () => {
  let folder: string;
  let samples: readonly ShardSample[];
  let made: Made;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-documented-'));
    samples = await writeProject(folder);
    const { stdout } = await promisify(execFile)(
      path.join(programs as string, 'python'),
      [path.join(__dirname, 'run-documented.py'), path.join(ROOT, 'docs/pytorch.md')],
      { cwd: folder },
    );
    made = JSON.parse(stdout) as Made;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('read the shards, with pixels as the teacher sees them', () => {
    expect(made.labels).toEqual(IMAGES.map(([, label]) => label).sort());
    expect(made.shapes).toEqual([`((3, ${SIZE}, ${SIZE}), 'float32')`]);
    // Black, by the mean and deviation in the header of the demo's teacher.
    expect(made.first).toBeCloseTo((0 - 0.3) / 0.353, 5);
    expect(made.indexed).toEqual({ shape: [3, SIZE, SIZE], label: 2, key: sampleKey(IMAGES.length - 1) });
  });

  it('keep clean images, give closed ones their refined label, and drop open ones', () => {
    const kept = IMAGES.flatMap(([kind, given, refined], index) => {
      if (kind === 'open') return [];
      const { record, extension, bytes } = samples[index] as ShardSample;
      return [{ key: record.key, extension, label: kind === 'clean' ? given : refined, digest: sha256(bytes) }];
    });
    expect(made.tars).toEqual(kept.map(({ key, label, digest }) => [key, label, digest]));
    expect([...made.folder].sort()).toEqual(
      kept.map(({ key, extension, label, digest }) => [`${CLASSES[label]}/${key}.${extension}`, digest]).sort(),
    );
  });
});
