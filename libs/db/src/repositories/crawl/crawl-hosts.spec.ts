import { createTestDatabase } from '../../testing/test-database';
import { databasesUnderTest } from '../../testing/database-under-test';
import type { TestDatabase } from '../../testing/test-database';
import { freeHosts, giveHostsBack, keepHosts, postponeHost, takeHosts } from './crawl-hosts';
import { suspendHost } from './crawl-hosts';

const LEASE = { leaseMillis: 60_000 };

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))(
  'host leases ($name)',
  ({ url }) => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(() => database.reset());
    const take = async (holder: string, ...hosts: string[]) =>
      (await takeHosts(database.db, { holder, hosts, ...LEASE })).map(({ host }) => host).sort();

    it('gives a host to one holder at a time', async () => {
      expect(await take('one', 'b.test', 'a.test')).toEqual(['a.test', 'b.test']);
      expect(await take('two', 'a.test', 'c.test')).toEqual(['c.test']);
      // One's own are had again.
      expect(await take('one', 'a.test')).toEqual(['a.test']);
      await giveHostsBack(database.db, 'one', [{ host: 'a.test', waitMillis: 0 }]);
      expect(await take('two', 'a.test', 'b.test')).toEqual(['a.test']);
    });

    it('hands on how long to wait, and who asked to be left alone', async () => {
      await take('one', 'a.test');
      await giveHostsBack(database.db, 'one', [{ host: 'a.test', waitMillis: 50_000 }]);
      await suspendHost(database.db, 'b.test', new Date(Date.now() + 3600_000));
      const leases = await takeHosts(database.db, { holder: 'two', hosts: ['a.test', 'b.test', 'c.test'], ...LEASE });
      const byHost = new Map(leases.map((lease) => [lease.host, lease]));
      expect(byHost.get('a.test')?.waitMillis).toBeGreaterThan(40_000);
      expect(byHost.get('a.test')?.waitMillis).toBeLessThanOrEqual(50_000);
      expect(byHost.get('b.test')?.suspendedMillis).toBeGreaterThan(3000_000);
      expect(byHost.get('c.test')).toEqual({ host: 'c.test', waitMillis: 0, suspendedMillis: 0 });
    });

    it('gives the hosts of a silent holder to others, who then keep them', async () => {
      await takeHosts(database.db, { holder: 'killed', hosts: ['a.test', 'b.test'], leaseMillis: -1 });
      expect(await take('two', 'a.test')).toEqual(['a.test']);
      const all = { hosts: ['a.test', 'b.test'], leaseMillis: 60_000 };
      expect(await keepHosts(database.db, 'killed', all)).toEqual(new Set(['b.test']));
      // What was lost is not given back by whoever lost it.
      await giveHostsBack(database.db, 'killed', [{ host: 'a.test', waitMillis: 0 }]);
      expect(await take('three', 'a.test')).toEqual([]);
    });

    it('remembers a long pause whatever becomes of the holder', async () => {
      await takeHosts(database.db, { holder: 'killed', hosts: ['a.test'], leaseMillis: -1 });
      await postponeHost(database.db, 'a.test', 60_000);
      await postponeHost(database.db, 'a.test', 10);
      const [lease] = await takeHosts(database.db, { holder: 'heir', hosts: ['a.test'], ...LEASE });
      expect(lease?.waitMillis).toBeGreaterThan(50_000);
      await freeHosts(database.db);
      expect(await take('third', 'a.test')).toEqual(['a.test']);
    });

    it('does not wait for what is left of a clock that was ahead', async () => {
      await takeHosts(database.db, { holder: 'one', hosts: ['a.test'], ...LEASE });
      await giveHostsBack(database.db, 'one', [{ host: 'a.test', waitMillis: 5 * 3600_000 }]);
      const [lease] = await takeHosts(database.db, { holder: 'two', hosts: ['a.test'], ...LEASE });
      expect(lease?.waitMillis).toBe(660_000);
    });

    it('never deadlocks nor gives a host twice when many ask at once', async () => {
      const hosts = Array.from({ length: 20 }, (_, index) => `h${index}.test`);
      const taken = await Promise.all(
        Array.from({ length: 6 }, (_, index) => take(`w${index}`, ...(index % 2 === 0 ? hosts : [...hosts].reverse()))),
      );
      expect(taken.flat().sort()).toEqual([...hosts].sort());
    });
  },
);
