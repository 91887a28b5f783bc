import { connect } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import { protocolExchange } from '../embedded/protocol-exchange';
import { Door } from './door';

let millis = 0;
const planned = new Set<{ readonly at: number; readonly task: () => void }>();
const clock = {
  now: () => millis,
  later(after: number, task: () => void) {
    const one = { at: millis + after, task };
    planned.add(one);
    return () => planned.delete(one);
  },
};
function pass(by: number): void {
  millis += by;
  for (const one of [...planned]) if (one.at <= millis && planned.delete(one)) one.task();
}

/** How long each statement takes. */
let statementMillis = 0;

let database: PGlite;
let door: Door;
let address: string;
const clients: Client[] = [];
beforeAll(async () => {
  database = await PGlite.create();
  const exchange = protocolExchange(database);
  const slowly = (batch: Uint8Array) => {
    millis += statementMillis;
    return exchange(batch);
  };
  door = new Door(slowly, clock);
  address = (await door.listen()) as string;
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined))));
afterAll(async () => {
  await door.close();
  await database.close();
});

async function guest(): Promise<Client> {
  const stream = () => {
    const socket = connect(address);
    return Object.assign(socket, { connect: () => socket });
  };
  const client = new Client({ user: 'postgres', stream });
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

/** Two guests, the first within a transaction; the second has asked something, which the door has. */
async function guestsInLine() {
  const [silent, other] = [await guest(), await guest()];
  await silent.query('begin; create table if not exists left_over (n integer)');
  await silent.query('insert into left_over values (1)');
  const answer = other.query<{ is: string | null }>(`select to_regclass('left_over')::text as is`);
  // What a third one sends is read after what the second one sent, and it says at once that it was let in.
  await guest();
  return { silent, answer };
}

describe('a guest that is stopped within its transaction', () => {
  it('is put out after half a minute in which others wait, and what it left is rolled back', async () => {
    const { silent, answer } = await guestsInLine();
    pass(29_999);
    expect((await silent.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    pass(29_999);
    const gone = new Promise((resolve) => silent.once('end', resolve));
    pass(1);
    // It is looked once more, after what lay in the sockets.
    pass(0);
    expect((await answer).rows).toEqual([{ is: null }]);
    await gone;
    await expect(silent.query('commit')).rejects.toThrow();
  });

  it('is not silent while its own statement takes long', async () => {
    const { silent, answer } = await guestsInLine();
    statementMillis = 31_000;
    expect((await silent.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    statementMillis = 0;
    pass(0);
    await silent.query('rollback');
    expect((await answer).rows).toEqual([{ is: null }]);
  });

  it('is not silent where what it sent is read after what another sent', async () => {
    const [silent, other] = [await guest(), await guest()];
    await silent.query('begin');
    pass(31_000);
    const answers = [other.query('select 2 as n'), silent.query('commit')];
    await Promise.all(answers);
    pass(0);
    expect((await silent.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('keeps its transaction as long as nobody waits', async () => {
    const silent = await guest();
    await silent.query('begin');
    pass(1_000_000);
    expect((await silent.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await silent.query('commit');
    expect(planned.size).toBe(0);
  });
});
