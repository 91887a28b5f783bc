import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SampleRecord } from '@winnow/contracts';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { fileSha256 } from '@winnow/files';
import { readMember, readShardIndex, removeShardMarkers, sampleKey, shardName, writeShard } from '../index';
import type { ShardSample } from '../index';
import { decodeTarHeader, encodeTarHeader } from '../tar/tar-header';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'shards-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function sample(index: number, length: number, extension: 'jpg' | 'png' = 'jpg'): ShardSample {
  const record: SampleRecord = {
    key: sampleKey(index),
    className: 'cat',
    label: index % 3,
    width: 32,
    height: 32,
    sha256: 'a'.repeat(64),
    pixelSha256: 'b'.repeat(64),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    conflicts: [],
    copies: 1,
    provenance: [],
  };
  return { record, extension, bytes: Uint8Array.from({ length }, (_, at) => (at * 31 + index) % 256) };
}

const tarPath = (): string => join(dir, shardName('train', 0));

/** Lists a tar with Python: name, size, mode, uid, gid, mtime, digest of the data. */
const PYTHON = `
import hashlib, json, sys, tarfile
with tarfile.open(sys.argv[1], 'r:') as tar:
    print(json.dumps([[m.name, m.size, m.mode, m.uid, m.gid, m.mtime, m.offset_data,
                       hashlib.sha256(tar.extractfile(m).read()).hexdigest()] for m in tar]))
`;
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('writeShard', () => {
  const samples = [0, 1, 511, 512, 513, 70_000].map((length, index) =>
    sample(index, length, index % 2 ? 'png' : 'jpg'),
  );

  it('writes a tar that Python lists with the right content', async () => {
    const { entries, sizeBytes } = await writeShard({ path: tarPath(), entries: samples });
    const listing = JSON.parse(execFileSync('python3', ['-c', PYTHON, tarPath()], { encoding: 'utf8' })) as unknown[][];
    const expected = samples.flatMap(({ record, extension, bytes }, index) => {
      const json =
        readFileSync(tarPath(), 'utf8')
          .split('\0')
          .find((text) => text.includes(`"key":"${record.key}"`)) ?? '';
      return [
        [`${record.key}.${extension}`, bytes.length, entries[index]?.offset, sha256(bytes)],
        [`${record.key}.cls`, 1, null, sha256(String(record.label))],
        [`${record.key}.json`, json.length, null, sha256(json)],
      ];
    });
    expect(
      listing.map(([name, size, , , , , offset, digest]) => [
        name,
        size,
        String(name).endsWith('g') ? offset : null,
        digest,
      ]),
    ).toEqual(expected);
    expect(
      listing.every(([, , mode, uid, gid, mtime]) => mode === 0o644 && uid === 0 && gid === 0 && mtime === 0),
    ).toBe(true);
    expect(statSync(tarPath()).size).toBe(sizeBytes);
  });

  it('is read by an independent tar reader', async () => {
    await writeShard({ path: tarPath(), entries: samples });
    const names: string[] = [];
    const reader = extract();
    reader.on('entry', (header, stream, next) => {
      names.push(header.name);
      stream.on('end', next).resume();
    });
    const finished = new Promise<void>((resolve, reject) => reader.on('finish', () => resolve()).on('error', reject));
    reader.end(readFileSync(tarPath()));
    await finished;
    expect(names.slice(0, 4)).toEqual(['000000000.jpg', '000000000.cls', '000000000.json', '000000001.png']);
    expect(names).toHaveLength(18);
  });

  it('gives the same bytes again, with the digests that it states', async () => {
    const first = await writeShard({ path: tarPath(), entries: samples });
    const second = await writeShard({
      path: join(dir, 'b.tar'),
      entries: (async function* () {
        yield* samples;
      })(),
    });
    expect(readFileSync(join(dir, 'b.tar')).equals(readFileSync(tarPath()))).toBe(true);
    expect(second).toEqual({ ...first, name: 'b.tar' });
    expect(await fileSha256(tarPath())).toBe(first.sha256);
    expect(createHash('md5').update(readFileSync(tarPath())).digest('hex')).toBe(first.md5);
  });

  it('puts any images where it says', async () => {
    const lengths = fc.array(fc.oneof(fc.constantFrom(0, 1, 511, 512, 513, 1024), fc.nat({ max: 3000 })), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(lengths, async (sizes) => {
        const own = sizes.map((length, index) => sample(index, length));
        const path = join(dir, `${sizes.join('-') || 'none'}.tar`);
        const { entries } = await writeShard({ path, entries: own });
        for (const [index, { key, offset, length }] of entries.entries()) {
          expect(key).toBe(own[index]?.record.key);
          expect((await readMember(path, offset, length)).equals(own[index]?.bytes ?? new Uint8Array())).toBe(true);
        }
        const images = (await readShardIndex(path)).filter(({ extension }) => extension === 'jpg');
        expect(images.map(({ key, extension, offset, length }) => ({ key, extension, offset, length }))).toEqual(
          entries,
        );
      }),
      { seed: 1, numRuns: 25 },
    );
  });

  it('does nothing when the shard is finished, whatever the samples would cost', async () => {
    const first = await writeShard({ path: tarPath(), entries: samples, inputDigest: 'x' });
    const untouched = (function* (): Generator<ShardSample> {
      throw new Error('asked for samples');
    })();
    expect(await writeShard({ path: tarPath(), entries: untouched, inputDigest: 'x' })).toEqual({
      ...first,
      skipped: true,
    });
  });

  it('writes again when the input, the size or a byte changed, or the marker is broken', async () => {
    const again = async (): Promise<boolean> => (await writeShard({ path: tarPath(), entries: samples })).skipped;
    expect([await again(), await again()]).toEqual([false, true]);
    truncateSync(tarPath(), 1024);
    expect([await again(), await again()]).toEqual([false, true]);
    const bytes = readFileSync(tarPath());
    bytes[700] = (bytes[700] ?? 0) ^ 1;
    writeFileSync(tarPath(), bytes);
    expect([await again(), await again()]).toEqual([false, true]);
    writeFileSync(`${tarPath()}.done.json`, '{"sha256":');
    expect([await again(), await again()]).toEqual([false, true]);
    expect((await writeShard({ path: tarPath(), entries: samples, inputDigest: 'new' })).skipped).toBe(false);
    await removeShardMarkers([tarPath()]);
    expect(readdirSync(dir)).toEqual(['train-000000.tar']);
  });

  it('leaves no shard behind when it fails or is stopped, and recovers', async () => {
    const failing = (function* (): Generator<ShardSample> {
      yield sample(0, 10);
      throw new Error('decoder died');
    })();
    await expect(writeShard({ path: tarPath(), entries: failing })).rejects.toThrow('decoder died');
    const stop = new AbortController();
    const stopping = (function* (): Generator<ShardSample> {
      yield sample(0, 10);
      stop.abort();
      yield sample(1, 10);
    })();
    const stopped = writeShard({ path: tarPath(), entries: stopping, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(tarPath())).toBe(false);
    expect((await writeShard({ path: tarPath(), entries: samples })).skipped).toBe(false);
    expect(readdirSync(dir).sort()).toEqual(['train-000000.tar', 'train-000000.tar.done.json']);
  });

  it('refuses keys that readers would not understand, and says where it cannot write', async () => {
    const keyed = (key: string): ShardSample => ({ ...sample(0, 3), record: { ...sample(0, 3).record, key } });
    for (const key of ['a.b', '../a', '', 'ü']) {
      await expect(writeShard({ path: tarPath(), entries: [keyed(key)] })).rejects.toMatchObject({
        code: 'FORMAT_INVALID',
      });
    }
    const twice = writeShard({ path: tarPath(), entries: [keyed('a'), keyed('a')] });
    await expect(twice).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    const nowhere = join(dir, 'missing', 'a.tar');
    await expect(writeShard({ path: nowhere, entries: [] })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
      where: nowhere,
    });
  });
});

describe('readShardIndex', () => {
  const damaged = async (change: (bytes: Buffer) => Buffer): Promise<unknown> => {
    const path = join(dir, 'damaged.tar');
    await writeShard({ path, entries: [sample(0, 600), sample(1, 600)] });
    writeFileSync(path, change(readFileSync(path)));
    return readShardIndex(path).catch((error: unknown) => error);
  };

  it('names shard and offset of damage', async () => {
    const where = (offset: number): string => `${join(dir, 'damaged.tar')}, offset ${offset}`;
    const flipAt =
      (at: number) =>
      (bytes: Buffer): Buffer =>
        Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    expect(await damaged(flipAt(3))).toMatchObject({
      code: 'DATA_CORRUPT',
      where: where(0),
      message: 'not a tar header',
    });
    // Header 512, data 1024, header of the label: at 1536.
    expect(await damaged(flipAt(1540))).toMatchObject({ code: 'DATA_CORRUPT', where: where(1536) });
    expect(await damaged((bytes) => bytes.subarray(0, 900))).toMatchObject({ code: 'DATA_CORRUPT' });
    expect(await damaged((bytes) => bytes.subarray(0, bytes.length - 1024))).toMatchObject({
      message: 'the tar has no end mark',
    });
    expect(await damaged((bytes) => Buffer.concat([bytes.subarray(0, -512), Buffer.alloc(512, 1)]))).toMatchObject({
      message: 'the end mark of the tar is broken',
    });
    expect(await damaged(() => Buffer.alloc(0))).toMatchObject({ code: 'DATA_CORRUPT', where: where(0) });
  });

  it('says that a file is missing, or shorter than its index', async () => {
    await expect(readShardIndex(join(dir, 'none.tar'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    writeFileSync(tarPath(), 'abc');
    await expect(readMember(tarPath(), 1, 5)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      where: `${tarPath()}, offset 1`,
    });
  });

  it('reads what Python wrote', async () => {
    const script = `
import io, sys, tarfile
with tarfile.open(sys.argv[1], 'w', format=tarfile.USTAR_FORMAT) as tar:
    for name in ['folder/with.dot/x.jpg', 'y.seg.png']:
        info = tarfile.TarInfo(name); info.size = 5
        tar.addfile(info, io.BytesIO(name[:5].encode()))
`;
    execFileSync('python3', ['-c', script, tarPath()]);
    expect(await readShardIndex(tarPath())).toEqual([
      { name: 'folder/with.dot/x.jpg', key: 'folder/with.dot/x', extension: 'jpg', offset: 512, length: 5 },
      { name: 'y.seg.png', key: 'y', extension: 'seg.png', offset: 1536, length: 5 },
    ]);
  });
});

describe('tar headers', () => {
  it('come back as they went, up to the largest size', () => {
    for (const sizeBytes of [0, 1, 8 ** 11 - 1]) {
      expect(decodeTarHeader(encodeTarHeader('a.jpg', sizeBytes))).toEqual({ name: 'a.jpg', sizeBytes, typeFlag: '0' });
    }
    expect(() => encodeTarHeader('a', 8 ** 11)).toThrow(RangeError);
    expect(() => encodeTarHeader('x'.repeat(101), 1)).toThrow(RangeError);
  });
});
