import { eq } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import { databasesUnderTest } from '../testing/database-under-test';
import { embeddings, fetches, forgotten, hits, images, projects, occurrences } from '../schema';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { countUndecoded, missingEmbeddings, projectEmbeddings, renewEmbeddings, saveEmbeddings } from './embeddings';
import { forgetImages } from './forget';

describe.each(databasesUnderTest(process.env))('embeddings on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('of a small crawl', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      await database.db.insert(projects).values([{ name: 'p' }, { name: 'q' }]);
    });

    let rank = 0;
    async function list(sha256: string, { project = 'p', decoded = true, outcome = 'stored' as Outcome } = {}) {
      const { db } = database;
      rank += 1;
      const [id, canonicalUrl] = [`hit ${rank}`, `https://a.test/${rank}`];
      const location = { className: 'a', engine: 'e', query: 'q', page: 1, rank };
      await db.insert(hits).values({ id, project, imageUrl: canonicalUrl, canonicalUrl, ...location });
      await db.insert(fetches).values({ project, canonicalUrl, host: 'a.test', sha256, outcome });
      const facts = { sizeBytes: 1, mime: 'image/png', width: 1, height: 1, pixelSha256: decoded ? sha256 : null };
      await db
        .insert(images)
        .values({ sha256, ...facts })
        .onConflictDoNothing();
      await db.insert(occurrences).values({ hitId: id, sha256, project });
    }
    const row = (sha256: string, ...values: number[]) => ({ sha256, values: Float32Array.from(values) });
    const stored = async (project = 'p') => {
      const found = await projectEmbeddings(database.db, project);
      return found && [found.network, ...[...found.values].map(([sha256, values]) => [sha256, ...values])];
    };
    /** Moments between two statements are not told apart by waiting. */
    const date = (network: string, storedAt: string) =>
      database.db
        .update(embeddings)
        .set({ storedAt: new Date(storedAt) })
        .where(eq(embeddings.network, network));

    it('gives back the floats that were stored, to the bit, sorted by digest', async () => {
      for (const sha256 of ['b', 'a', 'C']) await list(sha256);
      await list('b');
      expect(await stored()).toBeNull();
      const odd = [0.1, -0, 1.401298464324817e-45, 3.4028234663852886e38].map(Math.fround);
      await saveEmbeddings(database.db, 'n', [row('b', ...odd), row('C', 1), row('a', 0.6, 0.8)]);
      expect(await stored()).toEqual(['n', ['C', 1], ['a', Math.fround(0.6), Math.fround(0.8)], ['b', ...odd]]);
      const [one] = await database.db.select().from(embeddings).where(eq(embeddings.sha256, 'C'));
      expect(Buffer.from(one?.values as Uint8Array).toString('hex')).toBe('0000803f');
      const some = await projectEmbeddings(database.db, 'p', ['b', 'x', 'C']);
      expect([...(some?.values.keys() ?? [])]).toEqual(['C', 'b']);
      await saveEmbeddings(database.db, 'n', [row('C', -2)]);
      expect(await stored()).toContainEqual(['C', -2]);
      await saveEmbeddings(database.db, 'n', []);
    });

    it('names the decoded originals without one, of this project and network only', async () => {
      for (const sha256 of ['b', 'a', 'C']) await list(sha256);
      await list('undecoded', { decoded: false });
      await list('taken back', { outcome: 'opted_out' });
      await list('elsewhere', { project: 'q' });
      await list('a', { project: 'q' });
      const missing = (network: string, project = 'p') => missingEmbeddings(database.db, project, network);
      expect(await missing('n')).toEqual(['C', 'a', 'b']);
      expect([await countUndecoded(database.db, 'p'), await countUndecoded(database.db, 'q')]).toEqual([1, 0]);
      await saveEmbeddings(database.db, 'n', [row('a', 1)]);
      expect(await missing('n')).toEqual(['C', 'b']);
      expect(await missing('n', 'q')).toEqual(['elsewhere']);
      expect(await missing('other')).toEqual(['C', 'a', 'b']);
      expect(await stored('q')).toEqual(['n', ['a', 1]]);
    });

    it('takes the network stored last, among those that know most originals', async () => {
      for (const sha256 of ['a', 'b']) await list(sha256);
      for (const network of ['x', 'y']) await saveEmbeddings(database.db, network, [row('a', 1), row('b', 1)]);
      await saveEmbeddings(database.db, 'half', [row('a', 1)]);
      await date('x', '2020-01-02');
      await date('y', '2020-01-01');
      expect((await projectEmbeddings(database.db, 'p'))?.network).toBe('x');
      await renewEmbeddings(database.db, 'p', 'y');
      expect((await projectEmbeddings(database.db, 'p'))?.network).toBe('y');
      await renewEmbeddings(database.db, 'q', 'x');
      expect((await projectEmbeddings(database.db, 'p'))?.network).toBe('y');
    });

    it('keeps nothing of a forgotten image, and stores nothing of one', async () => {
      for (const sha256 of ['a', 'b', 'c']) await list(sha256);
      await list('c', { project: 'q' });
      const all = [row('a', 1), row('b', 1), row('c', 1)];
      await saveEmbeddings(database.db, 'n', all);
      await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: ['a', 'c'] });
      const kept = async () => (await database.db.select().from(embeddings)).map(({ sha256 }) => sha256).sort();
      expect(await kept()).toEqual(['b', 'c']);
      await saveEmbeddings(database.db, 'n', all);
      expect(await kept()).toEqual(['b', 'c']);
      expect(await stored()).toEqual(['n', ['b', 1]]);
      expect(await stored('q')).toEqual(['n', ['c', 1]]);
      await database.db.insert(forgotten).values({ project: 'p', kind: 'sha256', value: 'b' });
      expect([await stored(), await missingEmbeddings(database.db, 'p', 'other')]).toEqual([null, []]);
    });

    it('says where a row is no list of floats', async () => {
      await list('a');
      await database.db.insert(embeddings).values({ sha256: 'a', network: 'n', values: Buffer.from('abc') });
      await expect(stored()).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: 'table embeddings, sha256 a' });
    });
  });
});
