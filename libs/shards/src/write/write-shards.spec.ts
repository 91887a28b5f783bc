import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SampleRecord } from '@winnow/contracts';
import fc from 'fast-check';
import { removeShardMarkers, sampleKey, writeShard, writeShards } from '../index';
import type { BuildShard, ShardSample, ShardSeriesJob } from '../index';
import { membersOf } from './shard-members';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'series-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function sample(index: number, length: number): ShardSample {
  const record: SampleRecord = {
    key: sampleKey(index),
    className: 'cat',
    label: 0,
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
  return { record, extension: 'jpg', bytes: Uint8Array.from({ length }, (_, at) => (at * 31 + index) % 256) };
}

async function* streamed(samples: readonly ShardSample[]): AsyncGenerator<ShardSample> {
  yield* samples;
  await Promise.resolve();
}

function jobOf(samples: readonly ShardSample[], more: Partial<ShardSeriesJob> = {}): ShardSeriesJob {
  return {
    dir,
    split: 'train',
    records: samples.map(({ record }) => record),
    bounds: { samples: 1000, bytes: 1e9 },
    encode: (from) => streamed(samples.slice(from)),
    ...more,
  };
}

const countsOf = (shards: readonly BuildShard[]): number[] => shards.map(({ entries }) => entries.length);
const files = (): Record<string, string> =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'hex')]));

/** Of a sample in a tar, by hand: three headers of 512 bytes, and data in blocks of 512. */
const tarBytes = (one: ShardSample): number =>
  membersOf(one).reduce((total, { bytes }) => total + 512 + 512 * Math.ceil(bytes.length / 512), 0);

describe('writeShards', () => {
  it('ends a shard at a number of samples', async () => {
    const samples = Array.from({ length: 7 }, (_, index) => sample(index, 100));
    const shards = await writeShards(jobOf(samples, { bounds: { samples: 3, bytes: 1e9 } }));
    expect(countsOf(shards)).toEqual([3, 3, 1]);
    expect(shards.flatMap(({ records }) => records.map(({ key }) => key))).toEqual(
      samples.map((one) => one.record.key),
    );
    expect(shards.map(({ name, split }) => [name, split])).toEqual([
      ['train-000000.tar', 'train'],
      ['train-000001.tar', 'train'],
      ['train-000002.tar', 'train'],
    ]);
    expect(await writeShards(jobOf([]))).toEqual([]);
  });

  it('ends one before it would grow beyond its size; a larger sample gets one of its own', async () => {
    const samples = [600, 600, 600, 9000, 600].map((length, index) => sample(index, length));
    const small = tarBytes(samples[0] as ShardSample);
    const write = async (bytes: number) =>
      countsOf(await writeShards(jobOf(samples, { bounds: { samples: 9, bytes } })));
    expect(await write(2 * small + 1024)).toEqual([2, 1, 1, 1]);
    expect(await write(2 * small + 1023)).toEqual([1, 1, 1, 1, 1]);
    expect(await write(3 * small + 1024)).toEqual([3, 1, 1]);
  });

  it('puts as much into each as its bounds allow, in order, and the same as shards written one by one', async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 3000, max: 30_000 }),
        async (sizes, most, bytes) => {
          const samples = sizes.map((length, index) => sample(index, length));
          const shards = await writeShards(jobOf(samples, { bounds: { samples: most, bytes } }));
          let at = 0;
          for (const [index, { name, entries, sizeBytes, sha256 }] of shards.entries()) {
            const held = samples.slice(at, at + entries.length);
            expect(entries.map(({ key }) => key)).toEqual(held.map(({ record }) => record.key));
            expect(statSync(join(dir, name)).size).toBe(sizeBytes);
            expect(sizeBytes).toBe(held.reduce((total, one) => total + tarBytes(one), 1024));
            expect(entries.length === 1 || (entries.length <= most && sizeBytes <= bytes)).toBe(true);
            at += entries.length;
            const next = samples[at];
            const fits = next !== undefined && entries.length < most && sizeBytes + tarBytes(next) <= bytes;
            expect(fits).toBe(false);
            const alone = await writeShard({ path: join(dir, `alone-${index}.tar`), entries: held });
            expect(alone.sha256).toBe(sha256);
          }
          expect(at).toBe(samples.length);
          for (const name of readdirSync(dir)) rmSync(join(dir, name));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('takes up finished shards, also behind a damaged one, and comes to the same files', async () => {
    const samples = Array.from({ length: 9 }, (_, index) => sample(index, 300 + index));
    const asked: number[] = [];
    const job = (inputDigest: string): ShardSeriesJob =>
      jobOf(samples, {
        bounds: { samples: 2, bytes: 1e9 },
        inputDigest,
        encode: (from) => {
          asked.push(from);
          return streamed(samples.slice(from));
        },
      });
    const first = await writeShards(job('x'));
    const expected = files();
    expect(await writeShards(job('x'))).toEqual(first);
    writeFileSync(join(dir, 'train-000001.tar'), 'damaged');
    rmSync(join(dir, 'train-000003.tar.done.json'));
    expect(await writeShards(job('x'))).toEqual(first);
    expect(asked).toEqual([0, 2, 6]);
    expect(files()).toEqual(expected);
    await writeShards(job('y'));
    expect(asked).toEqual([0, 2, 6, 0]);
    await removeShardMarkers(first.map(({ name }) => join(dir, name)));
    expect(readdirSync(dir).sort()).toEqual(first.map(({ name }) => name));
  });

  it('keeps finished shards when samples fail or the run is stopped, closes its source, and says where', async () => {
    const samples = Array.from({ length: 6 }, (_, index) => sample(index, 100));
    let closed = 0;
    async function* failing(from: number): AsyncGenerator<ShardSample> {
      try {
        yield* streamed(samples.slice(from, 5));
        throw new Error('image 5');
      } finally {
        closed += 1;
      }
    }
    const bounds = { samples: 2, bytes: 1e9 };
    await expect(writeShards(jobOf(samples, { bounds, encode: failing }))).rejects.toThrow('image 5');
    expect(readdirSync(dir).filter((name) => name.endsWith('.tar'))).toEqual(['train-000000.tar', 'train-000001.tar']);
    const stop = new AbortController();
    const onProgress = (done: number): void => void (done === 5 && stop.abort());
    await expect(
      writeShards(jobOf(samples, { bounds, encode: failing, signal: stop.signal, onProgress })),
    ).rejects.toMatchObject({ code: 'INTERRUPTED', where: join(dir, 'train-000002.tar') });
    expect(closed).toBe(2);
    await expect(
      writeShards(jobOf(samples, { bounds, encode: (from) => streamed(samples.slice(from, 5)), inputDigest: 'z' })),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('refuses a key that occurs twice, and a folder that is not there', async () => {
    const twice = [sample(1, 10), sample(1, 10)];
    await expect(writeShards(jobOf(twice))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    await expect(writeShards(jobOf([sample(0, 10)], { dir: join(dir, 'none') }))).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
    });
  });
});
