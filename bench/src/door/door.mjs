#!/usr/bin/env node
/**
 * Several commands at one embedded database, killed again and again, against the same without kills: are the tables equal?
 * npm run bench -- door [--statements 100000] [--guests 4] [--kills 30] [--json]
 */
import { createHash } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const db = requireTypeScript('libs/db/src/index.ts');

/** What one command does side by side; alone, one does what all would. */
const LANES = 4;
const ACCOUNTS = 50;
/** Every tenth is a transaction of two statements, the others are single ones; none comes to the same when done twice. */
const TRANSACTION_EVERY = 10;
/** How often a command says how far it is. */
const SAY_EVERY = 20;

const TABLES = `
  create table progress (lane integer primary key, done integer not null);
  create table accounts (id integer primary key, n integer not null);
  create table entries (lane integer, number integer, text text, primary key (lane, number))`;
const SINGLE = `
  with next as (update progress set done = done + 1 where lane = $1 returning done),
    entry as (insert into entries select $1, done, md5(done::text) from next)
  update accounts set n = n + 1 where id = $2`;

const { values } = parseArgs({
  options: {
    statements: { type: 'string', default: '100000' },
    guests: { type: 'string', default: '4' },
    kills: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    /** One of the commands, which the benchmark starts. */
    command: { type: 'string' },
    folder: { type: 'string' },
    lanes: { type: 'string' },
  },
});
const [statements, guests, kills] = ['statements', 'guests', 'kills'].map((name) => Number(values[name]));
const perLane = Math.floor(statements / guests / LANES);

if (values.command === undefined) await compare();
else await beOne(Number(values.command), Number(values.lanes), values.folder);

async function compare() {
  const killed = await runAll(guests, kills);
  process.stderr.write(`${JSON.stringify(killed)}\n`);
  const quiet = await runAll(1, 0);
  const areEqual = quiet.digest === killed.digest;
  const figures = { statements: quiet.statements, guests, areEqual, quiet, killed };
  if (!values.json) {
    process.stdout.write(
      `${quiet.statements} statements by ${guests} commands with ${killed.kills} kills (${killed.holderKills} of holders): ` +
        `${killed.seconds} s; by one command without kills: ${quiet.seconds} s; tables ${areEqual ? 'equal' : 'NOT equal'}\n`,
    );
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = areEqual && killed.lost === 0 && killed.left.length === 0 ? 0 : 1;
}

/** All commands to their ends. */
async function runAll(commands, killCount) {
  const lanes = (guests * LANES) / commands;
  const folder = await mkdtemp(path.join(tmpdir(), 'winnow-bench-door-'));
  const stateDir = path.join(folder, '.winnow');
  await prepare(stateDir);
  const startMillis = Date.now();
  const facts = { kills: 0, holderKills: 0, lost: 0, errors: [] };
  const said = Array.from({ length: guests * LANES }, () => 0);
  const children = new Map();
  const isEnded = new Set();
  const start = (number) =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), [
        ...['--command', number, '--folder', stateDir, '--guests', guests, '--statements', statements].map(String),
        ...['--lanes', String(lanes)],
      ]);
      children.set(number, child);
      child.on('message', ({ lane, done, isStart }) => {
        // A command that begins again reads what it was told before it was killed.
        if (isStart && done < said[lane]) facts.lost += said[lane] - done;
        said[lane] = Math.max(said[lane], done);
        killNext();
      });
      child.on('exit', (code, signal) => {
        if (signal === 'SIGKILL') return resolve(start(number));
        isEnded.add(number);
        if (code === 0) resolve();
        else reject(new Error(`command ${number} ended with ${code}`));
      });
    });
  const killNext = () => {
    const isDue =
      said.reduce((sum, done) => sum + done, 0) > ((facts.kills + 1) * perLane * said.length) / (killCount + 1);
    if (facts.kills >= killCount || !isDue) return;
    facts.kills += 1;
    void db.lockHolder(path.join(stateDir, 'db.lock')).then((holder) => {
      const alive = [...children].filter(([number]) => !isEnded.has(number)).map(([, child]) => child);
      const holding = alive.find(({ pid }) => pid === holder?.pid);
      const others = alive.filter((child) => child !== holding);
      const isForHolder = facts.kills % 2 === 0 || others.length === 0;
      const victim = isForHolder ? holding : others[facts.kills % others.length];
      if (victim === holding && holding !== undefined) facts.holderKills += 1;
      victim?.kill('SIGKILL');
    });
  };
  await Promise.all(Array.from({ length: commands }, (_, number) => start(number)));
  const seconds = Number(((Date.now() - startMillis) / 1000).toFixed(1));
  const left = (await readdir(stateDir)).filter(
    (name) => !['db', 'db-rows.gz'].includes(name) && !name.startsWith('db.guest-'),
  );
  const { digest, rows } = await digestTables(stateDir);
  await rm(folder, { recursive: true, force: true });
  return { seconds, ...facts, left, statements: said.reduce((sum, done) => sum + done, 0), rows, digest };
}

async function prepare(stateDir) {
  const handle = await db.openDatabase({ stateDir, holder: 'bench door' });
  await handle.executeSql(TABLES);
  await handle.executeSql(`insert into progress select n, 0 from generate_series(0, $1 - 1) n`, [guests * LANES]);
  await handle.executeSql(`insert into accounts select n, 0 from generate_series(0, $1 - 1) n`, [ACCOUNTS]);
  await handle.close();
}

async function digestTables(stateDir) {
  const handle = await db.openDatabase({ stateDir, holder: 'bench door' });
  const hash = createHash('sha256');
  let count = 0;
  for (const table of ['progress', 'accounts', 'entries']) {
    const { rows } = await handle.executeSql(`select t::text as row from ${table} t order by 1`);
    count += rows.length;
    for (const { row } of rows) hash.update(`${table} ${row}\n`);
  }
  await handle.close();
  return { digest: hash.digest('hex'), rows: count };
}

/** One command: goes on where it was when it was killed. */
async function beOne(number, lanes, stateDir) {
  const handle = await db.openDatabase({ stateDir, holder: `bench door ${number}`, retryWindowMillis: 600_000 });
  await Promise.all(
    Array.from({ length: lanes }, async (_, index) => {
      const lane = number * lanes + index;
      const { rows } = await handle.executeSql('select done from progress where lane = $1', [lane]);
      let done = Number(rows[0].done);
      process.send({ lane, done, isStart: true });
      while (done < perLane) {
        const account = (lane * 7 + done) % ACCOUNTS;
        if (done % TRANSACTION_EVERY === 0 && done + 2 <= perLane) {
          await handle.db.transaction(async (tx) => {
            await tx.execute(`update progress set done = done + 2 where lane = ${lane}`);
            await tx.execute(`update accounts set n = n + 10 where id = ${account}`);
          });
          done += 2;
        } else {
          await handle.executeSql(SINGLE, [lane, account]);
          done += 1;
        }
        if (done % SAY_EVERY === 0 || done === perLane) process.send({ lane, done });
      }
    }),
  );
  await handle.close();
  process.disconnect();
}
