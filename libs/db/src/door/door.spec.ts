import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import type { DatabaseHandle } from '../database';
import { lockHolder } from '../holder-lock';
import { openDatabase } from '../open-database';
import { rescueDatabase } from '../embedded/rescue-database';

const ROOT = path.resolve(__dirname, '../../../..');
/** Another command: does what it is told, one thing at a time, and says when it is done. */
const OTHER = `
  const { PGlite } = require('@electric-sql/pglite');
  const { sql } = require('drizzle-orm');
  const { openDatabase } = require(${JSON.stringify(path.join(__dirname, '../index.ts'))});
  const steps = {
    open: async (stateDir) => void (global.handle = await openDatabase({ stateDir, holder: 'winnow other' })),
    run: (text) => handle.executeSql(text),
    begin: (text) => new Promise((resolve) => {
      void handle.db.transaction(async (tx) => { await tx.execute(sql.raw(text)); resolve(); await new Promise(() => {}); });
    }),
    dieAfter(text) {
      const exec = PGlite.prototype.execProtocolRawSync;
      let isSeen = false;
      PGlite.prototype.execProtocolRawSync = function (bytes) {
        const answer = exec.call(this, bytes);
        isSeen ||= Buffer.from(bytes).includes(text);
        if (isSeen && /commit(?!s)/.test(Buffer.from(bytes).toString('latin1'))) process.kill(process.pid, 'SIGKILL');
        return answer;
      };
    },
    close: () => handle.close(),
  };
  process.on('message', async ([name, value]) => {
    try { await steps[name](value); process.send('done'); } catch (error) { process.send(String(error)); }
  });
  process.send('ready');`;

let folder: string;
let stateDir: string;
let script: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-door-spec-'));
  stateDir = path.join(folder, '.winnow');
  script = path.join(ROOT, 'node_modules/.cache', `door-spec-${process.pid}.js`);
  writeFileSync(script, OTHER);
  const handle = await openDatabase({ stateDir, holder: 'a spec' });
  await handle.executeSql('create table counters (name text primary key, n integer)');
  await handle.close();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => {
  rmSync(script, { force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function tell(child: ChildProcess, ...step: readonly [name: string, value?: string]): Promise<void> {
  const answer = once(child, 'message');
  child.send(step);
  expect(await answer).toEqual(['done', undefined]);
}

async function otherProcess(): Promise<ChildProcess> {
  const execArgv = ['--require', path.join(ROOT, 'apps/winnow/bin/register-typescript.js')];
  const child = fork(script, [], { execArgv, cwd: ROOT });
  children.push(child);
  await once(child, 'message');
  await tell(child, 'open', stateDir);
  return child;
}

const open = (more: { readonly alone?: boolean } = {}): Promise<DatabaseHandle> =>
  openDatabase({ stateDir, holder: 'a spec', ...more });
const holderPid = async (): Promise<number | undefined> => (await lockHolder(path.join(stateDir, 'db.lock')))?.pid;
const socket = (): string =>
  (JSON.parse(readFileSync(path.join(stateDir, 'db.lock'), 'utf8')) as { readonly socket: string }).socket;
const count = async ({ executeSql }: DatabaseHandle, name: string): Promise<unknown> =>
  (await executeSql('select n from counters where name = $1', [name])).rows[0]?.['n'];

describe('an embedded database and two processes', () => {
  it('both use it at once, and a guest goes on without an error when the holder ends', async () => {
    const other = await otherProcess();
    const own = await open();
    expect(await holderPid()).toBe(other.pid);
    await tell(other, 'run', `insert into counters values ('ended', 0)`);
    const adding = Array.from({ length: 40 }, () =>
      own.executeSql(`update counters set n = n + 1 where name = 'ended' and $1`, [true]),
    );
    await tell(other, 'close');
    await Promise.all(adding);
    expect([await count(own, 'ended'), await holderPid()]).toEqual([40, process.pid]);
    other.disconnect();
    await own.close();
    expect(readdirSync(stateDir).sort()).toEqual(['db', 'db-rows.gz']);
  });

  it('nothing is lost or done twice where the holder is killed in the middle', async () => {
    const other = await otherProcess();
    const own = await open();
    const address = socket();
    await own.executeSql(`insert into counters values ('killed', 0), ('killed in a transaction', 0)`);
    let done = 0;
    const adding = Array.from({ length: 60 }, async (_, index) => {
      if (index % 2 === 0) await own.executeSql(`update counters set n = n + 1 where name = $1`, ['killed']);
      else
        await own.db.transaction((tx) =>
          tx.execute(sql`update counters set n = n + 1 where name = 'killed in a transaction'`),
        );
      done += 1;
      if (done === 20) other.kill('SIGKILL');
    });
    await Promise.all(adding);
    expect([await count(own, 'killed'), await count(own, 'killed in a transaction')]).toEqual([30, 30]);
    expect(existsSync(address)).toBe(false);
    await own.close();
    expect(readdirSync(stateDir).sort()).toEqual(['db', 'db-rows.gz']);
  });

  it.each([
    [
      'a transaction',
      (own: DatabaseHandle) =>
        own.db.transaction((tx) => tx.execute(sql.raw(`insert into counters values ('lost answer 1', 1)`))),
    ],
    ['a statement', (own: DatabaseHandle) => own.executeSql(`insert into counters values ('lost answer 2', $1)`, [1])],
  ])('%s whose answer was lost is not done again', async (_name, write) => {
    const other = await otherProcess();
    const own = await open();
    await tell(other, 'dieAfter', 'lost answer');
    await write(own);
    expect(await holderPid()).toBe(process.pid);
    expect(
      (await own.executeSql(`select name from counters where name like 'lost answer%'`)).rows.length,
    ).toBeGreaterThan(0);
    await own.close();
  });

  it('what a killed guest has not committed is rolled back, and nobody waits for it', async () => {
    const own = await open();
    const other = await otherProcess();
    await tell(other, 'begin', `insert into counters values ('guest', 1)`);
    const waiting = own.executeSql(`select count(*) from counters where name = 'guest'`);
    other.kill('SIGKILL');
    expect((await waiting).rows).toEqual([{ count: '0' }]);
    await own.close();
    expect(readdirSync(stateDir).filter((name) => name.startsWith('db.'))).toEqual([
      expect.stringMatching(/^db\.guest-/),
    ]);
    const alone = await open({ alone: true });
    // The killed guest is not there any more.
    expect(alone.isAlone).toBe(true);
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    await alone.close();
    expect(readdirSync(stateDir).sort()).toEqual(['db', 'db-rows.gz']);
  });

  it('nobody is alone beside a guest, nor takes the files from under a holder', async () => {
    const other = await otherProcess();
    const own = await open({ alone: true });
    expect(own.isAlone).toBe(false);
    await expect(
      rescueDatabase({ stateDir, holder: 'winnow db rescue' }, () => Promise.resolve()),
    ).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringContaining('winnow other'),
    });
    await own.close();
    await tell(other, 'close');
    other.disconnect();
  });
});

describe('clients of one door', () => {
  let own: DatabaseHandle;
  let clients: Client[];
  beforeAll(async () => {
    own = await open();
    clients = await Promise.all(
      [0, 1].map(async () => {
        const client = new Client({
          user: 'postgres',
          stream: () => {
            const stream = connect(socket());
            return Object.assign(stream, { connect: () => stream });
          },
        });
        await client.connect();
        return client;
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await own.close();
  });

  it('have prepared statements of their own, of any length', async () => {
    const [a, b] = clients as [Client, Client];
    const long = 'x'.repeat(300_000);
    for (let round = 0; round < 2; round += 1) {
      const values = [`${long}${round}`];
      const of = (client: Client, text: string) => client.query<{ is: string }>({ name: 'same', text, values });
      const answers = await Promise.all([of(a, `select $1 || 'a' as is`), of(b, `select $1 || 'b' as is`)]);
      expect(
        answers.map(({ rows }) => rows[0]?.is === `${long}${round}${answers[0]?.rows === rows ? 'a' : 'b'}`),
      ).toEqual([true, true]);
    }
  });

  it('have transactions of their own, also where one fails', async () => {
    const [a, b] = clients as [Client, Client];
    await a.query('begin');
    await a.query(`insert into counters values ('failed', 1)`);
    const seen = b.query(`select from counters where name = 'failed'`);
    await expect(a.query('select 1 / 0', [])).rejects.toThrow('division by zero');
    await expect(a.query('select 1')).rejects.toThrow('aborted');
    await a.query('rollback');
    expect((await seen).rowCount).toBe(0);
    await expect(b.query('no such statement', [])).rejects.toThrow('syntax error');
    expect((await b.query('select $1::int as one', [1])).rows).toEqual([{ one: 1 }]);
  });

  it('hear what others notify', async () => {
    const [a, b] = clients as [Client, Client];
    await a.query('listen news');
    const heard = once(a, 'notification');
    await b.query(`select pg_notify('news', 'it rains')`);
    expect(await heard).toMatchObject([{ channel: 'news', payload: 'it rains' }]);
  });
});
