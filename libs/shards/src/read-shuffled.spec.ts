import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PicturePlace } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { epochOrder, PictureThreads, readPictures, readShuffled } from './index';
import type { EpochPart } from './index';

const COUNT = 500;
const SHARDS = 7;
const random = new SeededRandom('places');
const contents = Array.from({ length: SHARDS }, () => Buffer.from(Array.from({ length: 4000 }, () => random.int(256))));
const samples: readonly (PicturePlace & { readonly key: string })[] = Array.from({ length: COUNT }, (_, index) => {
  const offset = random.int(3000);
  return { key: `key-${index}`, shard: `train-${random.int(SHARDS)}.tar`, offset, length: random.int(900) };
});
const bytesOf = ({ shard, offset, length }: PicturePlace): Buffer =>
  (contents[Number(/\d+/.exec(shard)?.[0])] as Buffer).subarray(offset, offset + length);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-shuffled-'));
  for (const [shard, content] of contents.entries()) writeFileSync(path.join(folder, `train-${shard}.tar`), content);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function keys(part: EpochPart, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const read: string[] = [];
  for await (const { position, sample, bytes } of readShuffled({ folder, samples }, part)) {
    expect(position).toBe((part.from ?? 0) + read.length);
    expect(Buffer.compare(bytes, bytesOf(sample))).toBe(0);
    read.push(sample.key);
    if (read.length === most) break;
  }
  return read;
}

describe('readShuffled', () => {
  it('gives every sample once with its own bytes, in the order of seed and epoch', async () => {
    const read = await keys({ seed: 3, epoch: 2 });
    expect(read).toEqual([...epochOrder(COUNT, 3, 2)].map((index) => `key-${index}`));
    expect(await keys({ seed: 3, epoch: 2, threads: 3 })).toEqual(read);
    expect(await keys({ seed: 3, epoch: 3 })).not.toEqual(read);
  });

  it('uses memory again, no sooner than it was told', async () => {
    const kept: { readonly bytes: Uint8Array; readonly own: Buffer }[] = [];
    const filled = samples.filter(({ length }) => length > 0);
    for await (const { sample, bytes } of readShuffled(
      { folder, samples: filled },
      { seed: 5, epoch: 1, validFor: 100 },
    )) {
      kept.push({ bytes, own: bytesOf(sample) });
      for (const { bytes: given, own } of kept.slice(-101)) expect(Buffer.compare(given, own)).toBe(0);
    }
    expect(kept).toHaveLength(filled.length);
    expect(kept.slice(0, 64).map(({ bytes }) => bytes.length)).toEqual(Array.from({ length: 64 }, () => 0));
  });

  it('goes on exactly where an epoch was left', async () => {
    const whole = await keys({ seed: 'a', epoch: 1 });
    for (const stop of [1, 63, 64, 65, 311, COUNT - 1]) {
      const before = await keys({ seed: 'a', epoch: 1 }, stop);
      const after = await keys({ seed: 'a', epoch: 1, from: stop });
      expect([...before, ...after]).toEqual(whole);
    }
    expect(await keys({ seed: 'a', epoch: 1, from: COUNT })).toEqual([]);
  });

  it('reads several epochs with the same threads, also after one that was left early', async () => {
    const reader = new PictureThreads({ folder, places: samples, threads: 2 });
    await keys({ seed: 3, epoch: 1, reader }, 70);
    expect(await keys({ seed: 3, epoch: 2, reader, validFor: 1 })).toEqual(await keys({ seed: 3, epoch: 2 }));
    await reader.close();
  });

  it('survives a picture of absurd length, and says where it is', async () => {
    // Bytes of which no memory is to be had, and of which no call reads as many.
    for (const length of [2 ** 50, 2 ** 32]) {
      const places = [...samples, { shard: 'train-0.tar', offset: 512, length }];
      const reader = new PictureThreads({ folder, places });
      const read = async (order: readonly number[]): Promise<number> => {
        let pictures = 0;
        for await (const { batch } of reader.batches(Int32Array.from(order))) pictures += batch.length;
        return pictures;
      };
      await expect(read([3, COUNT, 4])).rejects.toMatchObject({
        code: 'DATA_CORRUPT',
        where: `${path.join(folder, 'train-0.tar')}, offset 512`,
      });
      expect(await read([3, 4])).toBe(2);
      await reader.close();
    }
  });

  it('fails at once where its threads have ended', async () => {
    const reader = new PictureThreads({ folder, places: samples, threads: 2 });
    await reader.close();
    for (const epoch of [1, 2])
      await expect(keys({ seed: 3, epoch, reader })).rejects.toMatchObject({ code: 'INTERNAL' });
    await reader.close();
  });

  it('reads an empty set', async () => {
    for await (const _ of readShuffled({ folder, samples: [] }, { seed: 1, epoch: 1 })) throw new Error('a sample');
  });
});

describe('readPictures', () => {
  const readAll = async (places: readonly PicturePlace[], order: readonly number[]): Promise<Uint8Array[]> => {
    const read: Uint8Array[] = [];
    for await (const bytes of readPictures({ folder, places, order: Int32Array.from(order) })) read.push(bytes);
    return read;
  };

  it('reads repeats, and more files than it keeps open', async () => {
    const files = Array.from({ length: 600 }, (_, index) => `${index}.jpg`);
    files.forEach((name, index) => writeFileSync(path.join(folder, name), Buffer.from([index % 256])));
    const places = files.map((shard) => ({ shard, offset: 0, length: 1 }));
    const order = [...files.keys(), 3, 3, 599, 0];
    const read = await readAll(places, order);
    expect(read.map(([byte]) => byte)).toEqual(order.map((index) => index % 256));
  });

  it('names shard and offset of a picture that is cut off, and a shard that is missing', async () => {
    const place = { shard: 'train-1.tar', offset: 2000, length: 500 };
    truncateSync(path.join(folder, 'train-1.tar'), 2400);
    await expect(readAll([place], [0])).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      where: `${path.join(folder, 'train-1.tar')}, offset 2000`,
    });
    rmSync(path.join(folder, 'train-1.tar'));
    await expect(readAll([place], [0])).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: path.join(folder, 'train-1.tar'),
    });
  });
});
