import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect } from 'node:net';
import { sql } from 'drizzle-orm';
import { databasesUnderTest } from './testing/database-under-test';
import { openPostgres } from './open-postgres';
import { retryWindow } from './retry-window';
import { isConnectionTrouble } from './connection-trouble';
import { classes, projects } from './schema';
import { createTestDatabase } from './testing/test-database';

/** A way to a server that can be cut, as if it was restarted. */
async function startCutter(target: { readonly host: string; readonly port: number }) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((inward) => {
    const outward = connect(target.port, target.host);
    for (const socket of [inward, outward]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    inward.pipe(outward).pipe(inward);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port, cut, mend: () => listen(port) };
}

const [, postgres] = databasesUnderTest(process.env);

(postgres?.available === true ? describe : describe.skip)('a server that goes away', () => {
  it('is waited for: queries and transactions go on when it is back', async () => {
    const own = await createTestDatabase(postgres?.url);
    const [name] = ((await own.executeSql('select current_database() as name')).rows as { name: string }[]).map(
      (row) => row.name,
    );
    const direct = new URL(postgres?.url ?? '');
    const cutter = await startCutter({ host: direct.hostname, port: Number(direct.port || 5432) });
    const through = new URL(direct);
    through.host = `127.0.0.1:${cutter.port}`;
    through.pathname = `/${name ?? ''}`;
    const troubles: string[] = [];
    const handle = await openPostgres(through.href, {
      retryWindowMillis: 60_000,
      onTrouble: (reason) => {
        troubles.push(reason);
        void cutter.mend();
      },
    });
    try {
      await cutter.cut();
      await handle.db.insert(projects).values({ name: 'p' });
      let attempts = 0;
      await handle.db.transaction(async (tx) => {
        attempts += 1;
        await tx.insert(classes).values({ project: 'p', name: 'a', position: 0 });
        if (attempts === 1) await cutter.cut();
        await tx.insert(classes).values({ project: 'p', name: 'b', position: 1 });
      });
      expect(attempts).toBeGreaterThan(1);
      const rows = await handle.db.select({ name: classes.name }).from(classes).orderBy(classes.position);
      expect(rows.map((row) => row.name)).toEqual(['a', 'b']);
      expect(troubles.length).toBeGreaterThanOrEqual(2);
      // What the server refuses is no trouble with the connection.
      await expect(handle.db.execute(sql`select 1 / 0`)).rejects.toThrow();
      expect(troubles.every((reason) => !reason.includes('zero'))).toBe(true);
    } finally {
      await handle.close();
      await cutter.cut();
      await own.close();
    }
  });

  it('ends transactions of whoever falls silent where it is told to: they are done again', async () => {
    const own = await createTestDatabase(postgres?.url);
    const { rows: names } = await own.executeSql('select current_database() as name');
    const address = new URL(postgres?.url ?? '');
    address.pathname = `/${String(names[0]?.['name'])}`;
    address.searchParams.set('options', '-c idle_in_transaction_session_timeout=100');
    const handle = await openPostgres(address.href, { retryWindowMillis: 60_000 });
    const idle = `select count(*)::integer as count from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`;
    let attempts = 0;
    await handle.db.transaction(async (tx) => {
      attempts += 1;
      await tx.insert(projects).values({ name: 'silent' });
      // As a machine that sleeps does, while it holds what others wait for.
      if (attempts === 1) while ((await own.executeSql(idle)).rows[0]?.['count'] !== 0);
      await tx.insert(classes).values({ project: 'silent', name: 'a', position: 0 });
    });
    expect(attempts).toBe(2);
    expect((await handle.db.select().from(classes)).map(({ name }) => name)).toEqual(['a']);
    await handle.close();
    await own.close();
  });

  it('is waited for from the beginning, if asked', async () => {
    const own = await createTestDatabase(postgres?.url);
    const direct = new URL(postgres?.url ?? '');
    const cutter = await startCutter({ host: direct.hostname, port: Number(direct.port || 5432) });
    const through = new URL(direct);
    through.host = `127.0.0.1:${cutter.port}`;
    await cutter.cut();
    await expect(openPostgres(through.href, { retryWindowMillis: 60_000 })).rejects.toThrow('cannot be used');
    const handle = await openPostgres(through.href, {
      retryWindowMillis: 60_000,
      startMillis: 60_000,
      onTrouble: () => void cutter.mend(),
    });
    expect((await handle.executeSql('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await handle.close();
    await cutter.cut();
    await own.close();
  });

  it('fails after the retry window', async () => {
    const own = await createTestDatabase(postgres?.url);
    const direct = new URL(postgres?.url ?? '');
    const cutter = await startCutter({ host: direct.hostname, port: Number(direct.port || 5432) });
    const through = new URL(direct);
    through.host = `127.0.0.1:${cutter.port}`;
    const handle = await openPostgres(through.href, { retryWindowMillis: 0 });
    await cutter.cut();
    const failure = await handle.db.execute(sql`select 1`).catch((error: unknown) => error);
    expect(isConnectionTrouble(failure)).toBe(true);
    await handle.close();
    await own.close();
  });
});

describe('retryWindow', () => {
  const gone = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  it('counts a machine that slept as one step of its wait, and one that is awake by the clock', async () => {
    let millis = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => millis);
    try {
      const failing = (steps: readonly number[]) => {
        const left = [...steps];
        return async (): Promise<string> => {
          const step = left.shift();
          if (step === undefined) return Promise.resolve('answered');
          millis += step;
          return Promise.reject(gone());
        };
      };
      const patiently = retryWindow({ retryWindowMillis: 30_000 });
      expect(await patiently(failing([0, 3600_000, 2000]))).toBe('answered');
      await expect(patiently(failing([0, 9000, 9000, 9000, 9000]))).rejects.toThrow('ECONNREFUSED');
    } finally {
      clock.mockRestore();
    }
  });
});
