import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { holdBeatingLock } from './beating-lock';
import { acquireLock, lockHolder } from './holder-lock';
import { enterTrainings, listTrainings } from './trainings';

let folder: string;
let lockPath: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-beating-lock-'));
  lockPath = path.join(folder, 'run.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => JSON.parse(readFileSync(lockPath, 'utf8')) as { readonly pid: number; readonly beat: number };

/** A lock of another host, which its process wrote so long ago. */
function writeRemote(minutesAgo: number, changes: object = {}): void {
  const holder = { pid: 1, startTicks: '1', command: 'x', host: `not-${hostname()}`, ...changes };
  writeFileSync(lockPath, JSON.stringify(holder));
  const then = new Date(Date.now() - 60_000 * minutesAgo);
  utimesSync(lockPath, then, then);
}

describe('holdBeatingLock', () => {
  it('is written anew while it is held, and is gone when it is released', async () => {
    const release = await holdBeatingLock(lockPath, 'winnow train', undefined, 5);
    while (read().beat < 2) await setImmediate();
    expect(await lockHolder(lockPath)).toMatchObject({ pid: process.pid, command: 'winnow train' });
    await expect(holdBeatingLock(lockPath, 'another')).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells who held it that another process has it now, and leaves that one its lock', async () => {
    const events = new EventEmitter();
    const lost = once(events, 'lost');
    const release = await holdBeatingLock(lockPath, 'winnow train', () => void events.emit('lost'), 5);
    rmSync(lockPath);
    const theirs = await acquireLock(lockPath, 'theirs');
    await lost;
    await release();
    expect((await lockHolder(lockPath))?.command).toBe('theirs');
    await theirs();
  });
});

describe('a lock', () => {
  it.each([
    ['another host', {}],
    ['a container of its name', { host: hostname(), pid: 2 ** 30, pidNamespace: 'pid:[1]' }],
  ])('of %s is taken over once it has been silent for minutes, if it ever beat', async (_, changes) => {
    writeRemote(4, { beat: 7, ...changes });
    expect(await lockHolder(lockPath)).toBeNull();
    const release = await acquireLock(lockPath, 'winnow train');
    expect(read().pid).toBe(process.pid);
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['another host that beat a minute ago', 1, { beat: 7 }],
    ['another host that never beat, an hour ago,', 60, {}],
    ['a container that beat a minute ago', 1, { host: hostname(), pid: 2 ** 30, beat: 7, pidNamespace: 'pid:[1]' }],
  ])('of %s is left alone', async (_, minutesAgo, changes) => {
    writeRemote(minutesAgo, changes);
    expect(await lockHolder(lockPath)).toMatchObject({ command: 'x' });
    await expect(acquireLock(lockPath, 'winnow train')).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    expect(readdirSync(folder)).toEqual(['run.lock']);
  });
});

describe('listTrainings', () => {
  it('names each living process once, and forgets killed ones', async () => {
    expect(await listTrainings(path.join(folder, 'none'))).toEqual([]);
    const preparing = await acquireLock(path.join(folder, 'train.lock'), 'winnow compare');
    const leave = await enterTrainings(folder, 'winnow compare');
    const entry = readdirSync(folder).find((name) => name.startsWith('training-')) as string;
    writeFileSync(path.join(folder, entry.replace(/.$/, 'x')), '{}');
    writeFileSync(path.join(folder, entry.replace(/.{4}$/, '0000')), JSON.stringify({ pid: 2 ** 30, startTicks: '1' }));
    expect((await listTrainings(folder)).map(({ pid, command }) => [pid, command])).toEqual([
      [process.pid, 'winnow compare'],
    ]);
    expect(readdirSync(folder).sort()).toEqual(['train.lock', entry, entry.replace(/.$/, 'x')].sort());
    await Promise.all([leave(), preparing()]);
    expect(await listTrainings(folder)).toEqual([]);
  });
});
