import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { acquireLock, doorOf, holdLock, lockHolder } from './holder-lock';

const ROOT = path.resolve(__dirname, '../../..');
/** No process has this id: it is above the largest that Linux gives. */
const DEAD = { pid: 2 ** 30, startTicks: '1', command: 'gone' };
/** Takes the lock when it is told to, and holds it until it is told otherwise. */
const COMPETITOR = `
  const { acquireLock } = require(${JSON.stringify(path.join(__dirname, 'holder-lock.ts'))});
  let release;
  process.on('message', async (message) => {
    if (message.take === undefined) {
      await release?.();
      release = undefined;
      return process.send('out');
    }
    try {
      release = await acquireLock(message.take, 'competitor');
      process.send('in');
    } catch (error) {
      process.send(error.code ?? String(error));
    }
  });
  process.send('ready');`;

let folder: string;
let lockPath: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-lock-'));
  lockPath = path.join(folder, 'db.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The next message of each child, in their order. */
async function answers(children: readonly ChildProcess[], message?: object): Promise<string[]> {
  const next = children.map(async (child) => String((await once(child, 'message'))[0]));
  if (message !== undefined) for (const child of children) child.send(message);
  return Promise.all(next);
}

describe('acquireLock', () => {
  it('lets one of many processes take over a stale lock, even where an earlier one was killed while it did', async () => {
    const script = path.join(folder, 'competitor.js');
    writeFileSync(script, COMPETITOR);
    const execArgv = ['--require', path.join(ROOT, 'apps/winnow/bin/register-typescript.js')];
    const children = Array.from({ length: 5 }, () => fork(script, [], { execArgv, cwd: ROOT }));
    try {
      await answers(children);
      for (let round = 0; round < 200; round += 1) {
        writeFileSync(lockPath, JSON.stringify(DEAD));
        if (round % 3 === 1) writeFileSync(`${lockPath}.takeover`, JSON.stringify(DEAD));
        if (round % 3 === 2) writeFileSync(lockPath, '');
        const results = (await answers(children, { take: lockPath })).sort();
        expect([round, ...results]).toEqual([round, ...Array<string>(4).fill('DATABASE_BUSY'), 'in']);
        await answers(children, {});
        expect(readdirSync(folder)).toEqual(['competitor.js']);
      }
    } finally {
      for (const child of children) child.disconnect();
      await Promise.all(children.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined)));
    }
  });

  it('counts a holder on another host as alive and names the host', async () => {
    writeFileSync(lockPath, JSON.stringify({ ...DEAD, host: `not-${hostname()}` }));
    await expect(acquireLock(lockPath, 'x')).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringContaining(`process ${DEAD.pid} on host not-${hostname()}`),
      next: expect.stringContaining('delete this file'),
    });
    writeFileSync(lockPath, JSON.stringify({ ...DEAD, host: hostname() }));
    const release = await acquireLock(lockPath, 'x');
    expect(JSON.parse(readFileSync(lockPath, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('releases its own lock only', async () => {
    const release = await acquireLock(lockPath, 'first');
    rmSync(lockPath);
    const releaseSecond = await acquireLock(lockPath, 'second');
    await release();
    expect(existsSync(lockPath)).toBe(true);
    await releaseSecond();
    await releaseSecond();
    expect(existsSync(lockPath)).toBe(false);
  });
});

describe('holdLock', () => {
  it('is given back although what it tells could not be written for a moment', async () => {
    const lock = await holdLock(lockPath, 'first', {});
    const writing = jest.spyOn(files, 'writeFile').mockRejectedValueOnce(new Error('EIO'));
    await expect(lock.tell({ isBrief: true })).rejects.toThrow('EIO');
    writing.mockRestore();
    await lock.tell({ isBrief: true });
    expect(await lockHolder(lockPath)).toMatchObject({ command: 'first', isBrief: true });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('lockHolder', () => {
  it('takes a killed process that nobody has waited for yet for gone', async () => {
    // Its shell sleeps on in place of waiting for it.
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [told] = (await once(shell.stdout, 'data')) as [Buffer];
      const pid = Number(told.toString());
      const startTicks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21];
      writeFileSync(lockPath, JSON.stringify({ pid, startTicks, command: 'x', host: hostname() }));
      expect(await lockHolder(lockPath)).toMatchObject({ pid });
      process.kill(pid, 'SIGKILL');
      while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await setImmediate();
      expect(await lockHolder(lockPath)).toBeNull();
    } finally {
      shell.kill('SIGKILL');
    }
  });
});

describe('doorOf', () => {
  it('is closed on another host and where there is none, gone while its holder ends, else open', async () => {
    const socket = path.join(folder, 'door');
    expect(await doorOf({ host: hostname() })).toBe('closed');
    expect(await doorOf({ host: hostname(), socket })).toBe('gone');
    writeFileSync(socket, '');
    expect(await doorOf({ host: hostname(), socket })).toBe('open');
    expect(await doorOf({ host: 'elsewhere.test', socket })).toBe('closed');
  });
});
