import { setImmediate } from 'node:timers/promises';
import { boundedDecode, decodeOnThread } from './bounded-decode';
import { TOOK_TOO_LONG } from './classify-failure';
import { refuse } from './image-limits';
import { decodeImage, encodePng } from '../index';
import { deepZeroPng } from '../spec-support/hostile-images';

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };
/** Cheap: 25 megapixels of 8 bits, and 100 MB each by their headers: five at once. */
const header = deepZeroPng(8, false).subarray(0, 33);
header.writeUInt32BE(5000, 16);
header.writeUInt32BE(5000, 20);
header[24] = 8;
header[25] = 6;
const HEADERS = Array<Buffer>(9).fill(header);

/** Counts how many run at once, each for some turns of the event loop. */
function gauge() {
  const seen = { now: 0, most: 0, done: 0 };
  const work = async (): Promise<{ readonly ok: true }> => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    seen.now -= 1;
    seen.done += 1;
    return { ok: true };
  };
  return { seen, work };
}

describe('the budget of decoded bytes', () => {
  it('lets as many images be decoded at once as it has memory for', async () => {
    const { seen, work } = gauge();
    const decode = { limits: LIMITS, task: 'analyse', argumentOf: () => LIMITS, signal: undefined } as const;
    await Promise.all(HEADERS.map((bytes) => boundedDecode(bytes, { ...decode, here: work })));
    expect(seen).toEqual({ now: 0, most: 5, done: 9 });
  });

  it('counts what other threads decode for this one', async () => {
    const { seen, work } = gauge();
    const here = (): never => fail('not here');
    await Promise.all(HEADERS.map((bytes) => decodeOnThread(bytes, { onThread: work, here })));
    expect(seen).toEqual({ now: 0, most: 5, done: 9 });
  });

  it('has a process decide of what took the library too long, as that counts standstills, and of no other refusal', async () => {
    const bytes = await encodePng({ width: 2, height: 2, data: new Uint8Array(12) });
    const decode = { limits: LIMITS, task: 'analyse', argumentOf: () => LIMITS, signal: undefined } as const;
    const late = refuse('decode_error', TOOK_TOO_LONG);
    const broken = refuse('decode_error', 'bad');
    expect(await boundedDecode(bytes, { ...decode, here: () => Promise.resolve(late) })).toMatchObject({ width: 2 });
    expect(await boundedDecode(bytes, { ...decode, here: () => Promise.resolve(broken) })).toBe(broken);
    const onThread = (): Promise<unknown> => Promise.resolve(late);
    expect(await decodeOnThread(bytes, { onThread, here: () => Promise.resolve('here') })).toBe('here');
  });

  it('is given back where an image is refused, or its decoder fails', async () => {
    const { seen, work } = gauge();
    for (let count = 0; count < 5; count += 1) {
      expect(await decodeImage(header, LIMITS)).toMatchObject({ ok: false });
      const broken = { onThread: () => Promise.reject(new Error('x')), here: work };
      await expect(decodeOnThread(header, broken)).rejects.toThrow('x');
    }
    await Promise.all(HEADERS.map((bytes) => decodeOnThread(bytes, { onThread: work, here: work })));
    expect(seen.most).toBe(5);
  });

  it('does not wait for an image that is refused by its size', async () => {
    const huge = Buffer.from(header);
    huge.writeUInt32BE(1_000_000, 16);
    expect(await decodeImage(huge, LIMITS)).toEqual({
      ok: false,
      outcome: 'too_many_pixels',
      detail: '1000000x5000 is more than 100000000 pixels',
    });
  });
});

function fail(message: string): never {
  throw new Error(message);
}
