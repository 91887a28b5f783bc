import { createWriteStream, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SampleRecord } from '@winnow/contracts';
import { pack } from 'tar-stream';
import { readShard, readShardIndex, sampleKey, writeShard } from './index';
import type { ShardSample, StreamedSample } from './index';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'winnow-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sample(index: number, length: number): ShardSample {
  const record: SampleRecord = {
    key: sampleKey(index),
    className: 'cat',
    label: index,
    width: 1,
    height: 1,
    sha256: 'a'.repeat(64),
    pixelSha256: 'b'.repeat(64),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    flags: [],
    conflicts: ['ü'],
    copies: 1,
    provenance: [],
  };
  return {
    record,
    extension: index % 2 ? 'png' : 'jpg',
    bytes: Buffer.alloc(length, `picture ${index} `),
  };
}

const all = async (path: string): Promise<StreamedSample[]> => {
  const samples: StreamedSample[] = [];
  for await (const one of readShard(path)) samples.push(one);
  return samples;
};

/** Sizes around blocks, and one that no single read takes. */
const SIZES = [0, 1, 511, 512, 513, 70_000, 5_000_000, 3, 40_000];

describe('readShard', () => {
  it('gives what was written, across reads', async () => {
    const samples = SIZES.map((length, index) => sample(index, length));
    const path = join(folder, 'train-000000.tar');
    await writeShard({ path, entries: samples });
    const read = await all(path);
    expect(read).toHaveLength(samples.length);
    for (const [index, { record, extension, bytes }] of samples.entries()) {
      const own = read[index] as StreamedSample;
      expect([own.key, own.extension, own.label]).toEqual([record.key, extension, record.label]);
      expect(Buffer.compare(own.bytes, bytes)).toBe(0);
      expect(own.record()).toEqual(record);
    }
  });

  it('agrees with the index', async () => {
    const path = join(folder, 'train-000000.tar');
    await writeShard({ path, entries: Array.from({ length: 40 }, (_, index) => sample(index, index * 997)) });
    const file = readFileSync(path);
    const pictures = (await readShardIndex(path)).filter(({ extension }) => /jpg|png/.test(extension));
    const read = await all(path);
    expect(read).toHaveLength(pictures.length);
    for (const [index, { offset, length }] of pictures.entries()) {
      expect(Buffer.compare(read[index]?.bytes ?? Buffer.of(), file.subarray(offset, offset + length))).toBe(0);
    }
  });

  it('reads tars of others: folders in between, members in any order, more of them', async () => {
    const path = join(folder, 'other.tar');
    const tar = pack();
    const written = pipeline(tar, createWriteStream(path));
    tar.entry({ name: 'data/', type: 'directory' });
    tar.entry({ name: 'data/a.json' }, '{"label":7}');
    tar.entry({ name: 'data/a.txt' }, 'a caption');
    tar.entry({ name: 'data/a.cls' }, '7');
    tar.entry({ name: 'data/a.webp' }, 'picture');
    tar.finalize();
    await written;
    const [only, ...others] = await all(path);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ key: 'data/a', extension: 'webp', label: 7 });
    expect(only?.record()).toEqual({ label: 7 });
  });

  it.each([
    [
      'a picture',
      [
        ['a.cls', '1'],
        ['a.json', '{}'],
      ],
    ],
    [
      'a label',
      [
        ['a.jpg', ''],
        ['a.json', '{}'],
      ],
    ],
    [
      'a record',
      [
        ['a.jpg', ''],
        ['a.cls', '1'],
      ],
    ],
  ] as const)('refuses a sample without %s', async (_, members) => {
    const path = join(folder, 'bad.tar');
    const tar = pack();
    const written = pipeline(tar, createWriteStream(path));
    for (const [name, data] of members) tar.entry({ name }, data);
    tar.finalize();
    await written;
    await expect(all(path)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: `${path}, offset 512` });
  });

  it('finds where a shard was cut or changed, after the samples before it', async () => {
    const path = join(folder, 'train-000000.tar');
    const { sizeBytes } = await writeShard({ path, entries: [sample(0, 9000), sample(1, 9000)] });
    const whole = readFileSync(path);
    for (const kept of [sizeBytes - 512, sizeBytes - 1024, sizeBytes - 5000, 12_000, 700, 512, 100, 0]) {
      truncateSync(path, kept);
      await expect(all(path)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
      await expect(readShardIndex(path)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
      writeFileSync(path, whole);
    }
    const changed = Buffer.from(whole);
    changed[0] = 0x41;
    writeFileSync(path, changed);
    await expect(all(path)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: `${path}, offset 0` });
  });

  it('says where the JSON of a sample is no JSON, only when it is asked for', async () => {
    const path = join(folder, 'train-000000.tar');
    await writeShard({ path, entries: [sample(0, 10)] });
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('{"')] = 0x78;
    writeFileSync(path, bytes);
    const [only] = await all(path);
    expect(() => only?.record()).toThrow('JSON');
  });

  it('closes its file when it is left early', async () => {
    const path = join(folder, 'train-000000.tar');
    await writeShard({ path, entries: [sample(0, 10), sample(1, 10)] });
    for await (const { key } of readShard(path)) {
      expect(key).toBe(sampleKey(0));
      break;
    }
    await expect(all(join(folder, 'none.tar'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
