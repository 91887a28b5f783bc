import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commitListedPage, ensureCrawlPlan, ensureFetches, listProjectImages, recordFetches } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { FetchedImage } from '@winnow/db';
import type { TestDatabase } from '@winnow/db/testing';
import { analyseImage, DECODE_LIMITS, encodePng } from '@winnow/imaging';
import { blobPath, BlobStore, FolderObjects } from '@winnow/store';
import { decodeOriginals } from './decode-originals';

const AT = new Date(0);
const KEY = { className: 'a', engine: 'openverse', query: 'a', variant: '' } as const;
const io = {
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  signal: new AbortController().signal,
};

const slope = (seed: number): Promise<Uint8Array> =>
  encodePng({ width: 40, height: 30, data: Uint8Array.from({ length: 3600 }, (_, at) => (at * seed) % 251) });

describe.each(databasesUnderTest(process.env))('decodeOriginals on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('over a crawl', () => {
    let database: TestDatabase;
    let blobsDir: string;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      blobsDir = mkdtempSync(path.join(tmpdir(), 'winnow-decode-'));
    });
    afterEach(() => rmSync(blobsDir, { recursive: true, force: true }));

    /** Records files as a crawl does, with what it knew of each. */
    async function crawl(files: readonly { readonly bytes: Uint8Array; readonly facts: Partial<FetchedImage> }[]) {
      const { db } = database;
      const plan = { project: 'p', classes: ['a'], queries: [KEY] };
      await ensureCrawlPlan(db, plan);
      const canonicalUrls = files.map((_, index) => `http://x/${index}`);
      const hits = canonicalUrls.map((imageUrl, index) => ({
        ...{
          ...KEY,
          id: `hit ${index}`,
          engineVersion: '1',
          page: 1,
          rank: index + 1,
          imageUrl,
          canonicalUrl: imageUrl,
        },
      }));
      await commitListedPage(db, {
        ...{
          key: { project: 'p', ...KEY },
          page: 1,
          at: AT,
          hits,
          cursor: null,
          state: 'exhausted',
          responseClass: 'ok',
        },
      });
      await ensureFetches(db, plan);
      const records = files.map(({ bytes, facts }, index) => {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const file = blobPath(blobsDir, sha256);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, bytes);
        const image = { sha256, sizeBytes: bytes.length, mime: 'image/png', width: 40, height: 30, ...facts };
        const times = { attempts: 1, at: AT, nextTryAt: null };
        const reply = { finalUrl: null, status: 200, etag: null, lastModified: null };
        const canonicalUrl = canonicalUrls[index] as string;
        return { canonicalUrl, outcome: 'stored' as const, detail: null, ...times, ...reply, image };
      });
      await recordFetches(db, 'p', records);
    }

    it('measures what the crawl did not, keeps what it did, and comes to an end', async () => {
      const { db } = database;
      const known = { pixelSha256: 'of another version', pdq: 'f'.repeat(64), pdqQuality: 77 };
      const measures = { lumaP1: 0, lumaP99: 1, edgeSharpness: 9, entropyBits: 5 };
      const [first, second, third, broken] = [await slope(3), await slope(7), await slope(11), Buffer.from('no image')];
      await crawl([
        { bytes: first, facts: {} },
        { bytes: second, facts: known },
        { bytes: third, facts: { ...known, measures } },
        { bytes: broken, facts: {} },
      ]);
      expect(
        await decodeOriginals({ db, project: 'p', originals: new BlobStore(new FolderObjects(blobsDir)), io }),
      ).toBe(3);
      const stored = await listProjectImages(db, 'p');
      const of = (bytes: Uint8Array) =>
        stored.find(({ sha256 }) => sha256 === createHash('sha256').update(bytes).digest('hex'));
      const facts = async (bytes: Uint8Array) => {
        const found = await analyseImage(bytes, DECODE_LIMITS);
        if (!found.ok) throw new Error(found.detail);
        const { pixelSha256, pdq, pdqQuality, measures: measured, width, height } = found;
        return { pixelSha256, pdq, pdqQuality, measures: measured, width, height };
      };
      expect(of(first)).toMatchObject(await facts(first));
      expect(of(second)).toMatchObject({ ...(await facts(second)), ...known });
      expect(of(third)).toMatchObject({ ...known, measures });
      expect(of(broken)).toMatchObject({ pixelSha256: null, measures: null, decodeOutcome: 'not_an_image' });
      expect(
        await decodeOriginals({ db, project: 'p', originals: new BlobStore(new FolderObjects(blobsDir)), io }),
      ).toBe(0);
    });
  });
});
