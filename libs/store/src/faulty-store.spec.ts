import { createHash } from 'node:crypto';
import { SeededRandom } from '@winnow/random';
import { BlobStore } from './blob-store';
import { S3Objects } from './s3-objects';
import { startFaultyProxy } from './testing/faulty-proxy';
import type { ChooseFault } from './testing/faulty-proxy';
import { startTestStore, storeServersUnderTest } from './testing/test-stores';
import type { TestStore } from './testing/test-stores';

const PROGRAMS = storeServersUnderTest(process.env).find(({ name }) => name === 'rclone')?.programs;

/** A part of all requests, by chance. */
function sometimes(shares: Readonly<Partial<Record<'cut' | 'flip' | 'lose' | 'refuse', number>>>): ChooseFault {
  const random = new SeededRandom(7);
  return () => {
    let left = random.next();
    for (const [fault, share] of Object.entries(shares)) {
      if (left < share) return fault as 'cut';
      left -= share;
    }
    return null;
  };
}

(PROGRAMS === undefined ? describe.skip : describe)('a store behind a bad network', () => {
  let server: TestStore;
  const bodies = Array.from({ length: 200 }, (_, index) => Buffer.alloc(22_000, `${index} `));
  const digests = bodies.map((body) => createHash('sha256').update(body).digest('hex'));
  beforeAll(async () => {
    server = await startTestStore('rclone', PROGRAMS as string);
  });
  afterAll(() => server.stop());

  /** Blobs below a prefix, by way of a proxy. */
  async function through<T>(
    prefix: string,
    choose: ChooseFault,
    use: (blobs: BlobStore, count: () => number) => Promise<T>,
  ) {
    const proxy = await startFaultyProxy(server.endpoint, choose);
    try {
      const blobs = new BlobStore(new S3Objects({ ...server.address(prefix), endpoint: proxy.endpoint }));
      return await use(blobs, proxy.requests);
    } finally {
      await proxy.stop();
    }
  }

  it('gives out no wrong byte where a fifth of the answers is cut and a twentieth changed', async () => {
    const direct = new BlobStore(new S3Objects(server.address('cut')));
    await Promise.all(bodies.map((body, index) => direct.put(digests[index] as string, body)));
    await through('cut', sometimes({ cut: 0.2, flip: 0.05 }), async (blobs, requests) => {
      let read = 0;
      for (const [index, sha256] of digests.entries()) {
        const found = await blobs.read(sha256);
        if (!found.ok) continue;
        expect(found.bytes.equals(bodies[index] as Buffer)).toBe(true);
        read += 1;
      }
      // Three times changed or cut in a row: a person is told, and reads again.
      expect(read).toBeGreaterThanOrEqual(195);
      expect(requests()).toBeLessThanOrEqual(1.5 * bodies.length);
    });
  });

  it('has stored everything where a fifth of the answers was lost after the store had done its work', async () => {
    await through('lost', sometimes({ lose: 0.2 }), async (blobs) => {
      for (const [index, sha256] of digests.slice(0, 60).entries()) await blobs.put(sha256, bodies[index] as Buffer);
    });
    const direct = new BlobStore(new S3Objects(server.address('lost')));
    for (const sha256 of digests.slice(0, 60)) expect(await direct.holds(sha256)).toBe(true);
  });

  it('tries again what was refused for the moment', async () => {
    await through('busy', sometimes({ refuse: 0.3 }), async (blobs) => {
      for (const [index, sha256] of digests.slice(0, 20).entries()) {
        await blobs.put(sha256, bodies[index] as Buffer);
        expect(await blobs.holds(sha256)).toBe(true);
      }
    });
  });
});
