import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { ThreadPool } from './thread-pool';

const REGISTER = path.resolve(__dirname, '../../../apps/winnow/bin/register-typescript.js');

interface Request {
  readonly kind: 'double' | 'throw' | 'refuse' | 'exit' | 'hang';
  readonly values?: Float32Array<ArrayBuffer>;
}

interface Reply {
  readonly values: Float32Array<ArrayBuffer>;
  readonly thread: number;
}

const request = (value: number): Request => ({ kind: 'double', values: Float32Array.of(value) });

describe('ThreadPool', () => {
  let folder: string;
  const open: ThreadPool<Request, Reply>[] = [];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-threads-'));
    const server = `
      require(${JSON.stringify(REGISTER)});
      const { threadId, workerData } = require('node:worker_threads');
      const { WinnowError } = require(${JSON.stringify(path.resolve(__dirname, '../../contracts/src/index.ts'))});
      const { serveThread } = require(${JSON.stringify(path.join(__dirname, 'thread-pool.ts'))});
      serveThread(({ kind, values }) => {
        if (kind === 'throw') throw new Error('unheard of');
        if (kind === 'refuse') throw new WinnowError('DATA_CORRUPT', 'bad bytes', { where: 'x', next: 'Do y.' });
        if (kind === 'exit') process.exit(3);
        if (kind === 'hang') return new Promise(() => undefined);
        return { values: values.map((value) => workerData.factor * value), thread: threadId };
      }, ({ values }) => [values.buffer]);`;
    writeFileSync(path.join(folder, 'server.js'), server);
    writeFileSync(path.join(folder, 'broken.js'), `throw new Error('does not load');`);
  });
  afterEach(async () => {
    for (const pool of open.splice(0)) await pool.close(new Error('the test is over'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function start(threads: number, file = 'server.js'): ThreadPool<Request, Reply> {
    const toError = (cause: unknown): Error => new Error('lost', { cause });
    const options = { file: path.join(folder, file), threads, workerData: { factor: 2 }, toError };
    const pool = new ThreadPool<Request, Reply>(options);
    open.push(pool);
    return pool;
  }

  it('spreads requests, and answers each with its own reply', async () => {
    const pool = start(2);
    const replies = await Promise.all([1, 2, 3, 4].map((value) => pool.run(request(value))));
    expect(replies.map(({ values }) => values[0])).toEqual([2, 4, 6, 8]);
    expect(new Set(replies.map(({ thread }) => thread)).size).toBe(2);
  });

  it('goes round among threads that have as little to do', async () => {
    const pool = start(2);
    const threads: number[] = [];
    for (const value of [1, 2, 3, 4]) threads.push((await pool.run(request(value))).thread);
    expect(threads.slice(2)).toEqual(threads.slice(0, 2));
    expect(threads[0]).not.toBe(threads[1]);
  });

  it('hands memory over', async () => {
    const values = new Float32Array(8);
    const reply = start(1).run({ kind: 'double', values }, [values.buffer]);
    expect(values.length).toBe(0);
    expect((await reply).values.length).toBe(8);
  });

  it('brings a WinnowError across as it was, and any other as its caller calls it', async () => {
    const pool = start(1);
    await expect(pool.run({ kind: 'refuse' })).rejects.toEqual(
      new WinnowError('DATA_CORRUPT', 'bad bytes', { where: 'x', next: 'Do y.' }),
    );
    const error = (await pool.run({ kind: 'throw' }).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ message: 'lost', cause: expect.stringContaining('unheard of') as string });
    expect((await pool.run(request(1))).values[0]).toBe(2);
  });

  it('rejects what a thread was given that ends, and goes on with the others', async () => {
    const pool = start(2);
    const [ended, others] = [pool.run({ kind: 'exit' }), pool.run(request(5))];
    const behind = pool.run(request(6));
    await expect(ended).rejects.toMatchObject({ message: 'lost', cause: 'exit code 3' });
    await expect(behind).rejects.toThrow('lost');
    expect((await others).values[0]).toBe(10);
    const later = await Promise.all([7, 8].map((value) => pool.run(request(value))));
    expect(later.map(({ values }) => values[0])).toEqual([14, 16]);
  });

  it('rejects every request where no thread is left', async () => {
    const pool = start(2, 'broken.js');
    const cause = expect.objectContaining({ message: 'does not load' }) as unknown;
    const outcomes = await Promise.allSettled([1, 2, 3].map((value) => pool.run(request(value))));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { message: 'lost', cause } });
    await expect(pool.run(request(4))).rejects.toThrow('lost');
  });

  it('rejects what is under way, and what comes later, with the reason of its end', async () => {
    const pool = start(1);
    const hanging = expect(pool.run({ kind: 'hang' })).rejects.toThrow('stopped');
    await pool.close(new Error('stopped'));
    await hanging;
    await expect(pool.run(request(1))).rejects.toThrow('stopped');
  });

  it('refuses a request that cannot be sent, and takes the next', async () => {
    const pool = start(1);
    await expect(pool.run({ kind: 'double', values: (() => 1) as never })).rejects.toThrow('could not be cloned');
    expect((await pool.run(request(3))).values[0]).toBe(6);
  });
});
