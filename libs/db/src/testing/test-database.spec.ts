import { eq } from 'drizzle-orm';
import { databasesUnderTest } from './database-under-test';
import { hits, projects } from '../schema';
import { createTestDatabase } from './test-database';
import type { TestDatabase } from './test-database';

describe.each(databasesUnderTest(process.env))('schema on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('with the migrations applied', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(() => database.reset());

    const hit = {
      id: 'h1',
      project: 'p',
      className: 'c',
      engine: 'e',
      query: 'q',
      page: 1,
      rank: 1,
      imageUrl: 'http://x/1',
    };

    it('refuses the same place in a listing twice', async () => {
      await database.db.insert(projects).values({ name: 'p' });
      await database.db.insert(hits).values(hit);
      await expect(database.db.insert(hits).values({ ...hit, id: 'h2' })).rejects.toThrow();
      await database.db
        .insert(hits)
        .values({ ...hit, id: 'h2' })
        .onConflictDoNothing();
      expect(await database.db.select().from(hits)).toHaveLength(1);
    });

    it('rolls a failed transaction back', async () => {
      await database.db.insert(projects).values({ name: 'p' });
      const failing = database.db.transaction(async (tx) => {
        await tx.insert(hits).values(hit);
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
      expect(await database.db.select().from(hits).where(eq(hits.project, 'p'))).toHaveLength(0);
    });
  });
});
