import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PGlite } from '@electric-sql/pglite';
import { protocolExchange } from './protocol-exchange';

const MEGABYTE = 2 ** 20;

let client: PGlite;
beforeAll(async () => {
  client = await PGlite.create();
});
afterAll(() => client.close());

/** A message of the simple query protocol. */
function query(text: string): Uint8Array {
  const message = Buffer.alloc(text.length + 6);
  message.write('Q', 0);
  message.writeInt32BE(text.length + 5, 1);
  message.write(text, 5);
  return message;
}

/** Types of the messages of a response, a letter each. */
function typesOf(response: Uint8Array): string {
  const bytes = Buffer.from(response);
  let types = '';
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1))
    types += String.fromCharCode(bytes[at] as number);
  return types;
}

it.each([
  ['a row', "select 7 as n, 'text' as t", 'TDCZ'],
  ['more than fits a buffer of the database', "select repeat('x', 3000000) from generate_series(1, 3)", 'TDDDCZ'],
  ['an error', 'select * from nowhere', 'EZ'],
  ['a notice', "do $$ begin raise notice 'so' ; end $$", 'NCZ'],
  ['nothing', '', 'IZ'],
])('gives the bytes that the database itself would give: %s', async (_what, text, types) => {
  // Takes it from the exchange of another test.
  await client.query('select 1');
  const plain = client.execProtocolRawSync(query(text));
  const exchange = protocolExchange(client);
  expect(Buffer.from(exchange(query(text))).equals(plain)).toBe(true);
  expect(Buffer.from(exchange(query(text))).equals(plain)).toBe(true);
  expect(typesOf(plain)).toBe(types);
});

it('goes on after queries of the client itself, within a transaction and after one that fails', async () => {
  const exchange = protocolExchange(client);
  expect(typesOf(exchange(query('begin; create table seen (n integer)')))).toBe('CCZ');
  expect(await client.query('select count(*)::integer as n from seen')).toMatchObject({ rows: [{ n: 0 }] });
  expect(typesOf(exchange(query('insert into seen values (1)')))).toBe('CZ');
  await expect(client.query('select * from nowhere')).rejects.toThrow('nowhere');
  expect(typesOf(exchange(query('rollback')))).toBe('CZ');
  expect(await client.query('select 1 as n')).toMatchObject({ rows: [{ n: 1 }] });
});

it('keeps nothing of what it gave', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heldBytes = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const exchange = protocolExchange(client);
  const ask = (): number => exchange(query(`select repeat('x', ${MEGABYTE})`)).length;
  for (let round = 0; round < 10; round += 1) expect(ask()).toBeGreaterThan(MEGABYTE);
  const before = heldBytes();
  for (let round = 0; round < 100; round += 1) ask();
  expect(heldBytes() - before).toBeLessThan(10 * MEGABYTE);
});
