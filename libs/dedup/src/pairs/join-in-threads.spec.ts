import { EventEmitter } from 'node:events';
import { joinInThreads } from './join-in-threads';

class Thread extends EventEmitter {
  static readonly started: Thread[] = [];
  isEnded = false;

  constructor() {
    super();
    Thread.started.push(this);
  }

  postMessage(): void {}

  terminate(): Promise<number> {
    this.isEnded = true;
    return Promise.resolve(1);
  }
}

jest.mock('node:worker_threads', () => ({
  get Worker() {
    return Thread;
  },
}));

const join = { kind: 'hashes', words: new Uint32Array(16), radiusBits: 0, flipWord: 0, compareAll: true } as const;

beforeEach(() => Thread.started.splice(0));

it('ends all threads where one fails', async () => {
  const found = joinInThreads(join, 3, 10);
  Thread.started[1]?.emit('error', new RangeError('no memory'));
  await expect(found).rejects.toMatchObject({ code: 'INTERNAL', cause: expect.any(RangeError) as RangeError });
  expect(Thread.started.map(({ isEnded }) => isEnded)).toEqual([true, true, true]);
});

it('takes what all threads found', async () => {
  const found = joinInThreads(join, 2, 10);
  for (const [number, thread] of Thread.started.entries()) {
    thread.emit('message', { id: number, content: { reply: [Uint32Array.of(number, 9)] } });
  }
  expect(await found).toEqual([Uint32Array.of(0, 9), Uint32Array.of(1, 9)]);
});
