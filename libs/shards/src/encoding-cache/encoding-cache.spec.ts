import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SquareOptions } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { streamTar } from '../tar/stream-tar';
import { ENCODING_CACHE, EncodingCache, removeEncodingCache } from './encoding-cache';
import { EncodingCacheWriter } from './encoding-cache-writer';
import { ownEncodingIdentity } from './encoding-identity';

const SETTINGS: SquareOptions = { size: 32, policy: 'squash', format: 'jpeg', quality: 90, maxPixels: 1e6 };
const IDENTITY = ownEncodingIdentity(SETTINGS);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let state: string;
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'winnow-encoded-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** Bytes of any length, by the digest of their original. */
function images(count: number, seed = 0): ReadonlyMap<string, Uint8Array> {
  const random = new SeededRandom(seed);
  return new Map(
    Array.from({ length: count }, (_, index) => [
      sha256(`${seed} ${index}`),
      Uint8Array.from({ length: random.int(3000) }, () => random.int(256)),
    ]),
  );
}

async function write(encoded: ReadonlyMap<string, Uint8Array>, settings = SETTINGS): Promise<void> {
  const writer = new EncodingCacheWriter(state, settings);
  for (const [digest, bytes] of encoded) await writer.write([{ sha256: digest, bytes }]);
}

async function read(digests: Iterable<string>): Promise<Record<string, Uint8Array>> {
  const wanted = new Set(digests);
  const cache = await EncodingCache.find(state, IDENTITY, wanted);
  const found: Record<string, Uint8Array> = {};
  for (const digest of wanted) {
    const image = await cache.read(digest);
    expect(cache.has(digest)).toBe(image !== null);
    if (image !== null) found[digest] = image.bytes;
  }
  return found;
}

function filesOfState(): readonly string[] {
  return readdirSync(path.join(state, ENCODING_CACHE), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tar'))
    .map((name) => path.join(state, ENCODING_CACHE, name));
}

describe('the encoding cache', () => {
  it('gives back what several processes wrote, and nothing else', async () => {
    const [first, second] = [images(40, 1), images(40, 2)];
    await Promise.all([write(first), write(second)]);
    const all = new Map([...first, ...second]);
    expect(await read(all.keys())).toEqual(Object.fromEntries(all));
    expect(await read([sha256('other')])).toEqual({});
    const members: string[] = [];
    for (const file of filesOfState()) {
      // Any tar program reads it: what lacks an end mark ends where the file does.
      for await (const { name } of streamTar(file, { maxBytes: 1e6 })) members.push(name.slice(0, 64));
    }
    expect(members.sort()).toEqual([...all.keys()].sort());
  });

  it('keeps encodings apart, and says of what kind a file is', async () => {
    const png = { ...SETTINGS, format: 'png' as const };
    const encoded = images(3);
    const [digest = ''] = encoded.keys();
    await write(encoded, png);
    expect(await read(encoded.keys())).toEqual({});
    const cache = await EncodingCache.find(state, ownEncodingIdentity(png), new Set([digest]));
    expect(await cache.read(digest)).toEqual({ extension: 'png', bytes: encoded.get(digest) });
  });

  it('takes what lies before the place where a process was killed', async () => {
    const encoded = images(20);
    await write(encoded);
    const [file = ''] = filesOfState();
    const { length } = readFileSync(file);
    const counts: number[] = [];
    for (const kept of [length - 1, length - 700, 5000, 513, 512, 100, 0]) {
      truncateSync(file, kept);
      const found = await read(encoded.keys());
      counts.push(Object.keys(found).length);
      for (const [digest, bytes] of Object.entries(found)) expect(bytes).toEqual(encoded.get(digest));
    }
    expect(counts).toEqual([expect.any(Number), 19, expect.any(Number), 0, 0, 0, 0]);
  });

  it('takes nothing for whole that is not', async () => {
    const encoded = images(30);
    await write(encoded);
    const [file = ''] = filesOfState();
    const whole = readFileSync(file);
    const random = new SeededRandom('damage');
    let read = 0;
    for (let round = 0; round < 100; round += 1) {
      const damaged = Buffer.from(whole);
      damaged[random.int(damaged.length)] = random.int(256);
      writeFileSync(file, damaged);
      const cache = await EncodingCache.find(state, IDENTITY, new Set(encoded.keys()));
      for (const [digest, bytes] of encoded) {
        const image = await cache.read(digest);
        if (image === null) continue;
        expect(image.bytes).toEqual(bytes);
        read += 1;
      }
    }
    // Behind a damaged header nothing is found.
    expect(read).toBeGreaterThan(30 * 80);
  });

  it('goes on in a new file where a build removed it meanwhile, and beside files of others', async () => {
    const [before, after] = [images(2, 1), images(2, 2)];
    const writer = new EncodingCacheWriter(state, SETTINGS);
    const write = (encoded: typeof before) =>
      writer.write(Array.from(encoded, ([digest, bytes]) => ({ sha256: digest, bytes })));
    await write(before);
    await removeEncodingCache(state, 'another');
    expect(await read(before.keys())).toEqual(Object.fromEntries(before));
    await removeEncodingCache(state, IDENTITY);
    await write(after);
    const folder = path.dirname(filesOfState()[0] ?? '');
    writeFileSync(path.join(folder, 'other.tar'), 'no tar');
    mkdirSync(path.join(folder, 'folder.tar'));
    expect(await read([...before.keys(), ...after.keys()])).toEqual(Object.fromEntries(after));
  });

  it('is written and removed at the same time', async () => {
    const writer = new EncodingCacheWriter(state, SETTINGS);
    for (const [digest, bytes] of images(100)) {
      await Promise.all([writer.write([{ sha256: digest, bytes }]), removeEncodingCache(state)]);
    }
    expect(writer.isBroken).toBe(false);
    const last = images(1, 7);
    for (const [digest, bytes] of last) await writer.write([{ sha256: digest, bytes }]);
    expect(await read(last.keys())).toEqual(Object.fromEntries(last));
  });

  it('does without where nothing can be written', async () => {
    writeFileSync(path.join(state, ENCODING_CACHE), 'in the way');
    const writer = new EncodingCacheWriter(state, SETTINGS);
    expect(writer.isBroken).toBe(false);
    for (const [digest, bytes] of images(2)) await writer.write([{ sha256: digest, bytes }]);
    expect(writer.isBroken).toBe(true);
    expect(await read(images(2).keys())).toEqual({});
    appendFileSync(path.join(state, ENCODING_CACHE), '.');
    await removeEncodingCache(state);
    await removeEncodingCache(state);
    expect(readdirSync(state)).toEqual([]);
  });
});
