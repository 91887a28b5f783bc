import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { PersonLink, StudioEvent } from '@winnow/contracts';
import { openNewStudio, openStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';
import { EventStream } from './event-stream';
import { StudioKeys } from './studio-keys';

let project: StudioProject;
let studio: StudioUnderTest;
let address: string;

beforeAll(async () => {
  studio = await openNewStudio({ until: 'nothing' });
  ({ project } = studio);
  await studio.server.listen({ host: '127.0.0.1', port: 0 });
  address = addressOf(studio);
});
afterAll(async () => {
  await studio.close();
});

function addressOf({ server }: StudioUnderTest): string {
  return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/api/events`;
}

async function listen(key = studio.key, at = address) {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(at, { headers });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  return {
    response,
    close: () => reader.cancel(),
    /** Waits for so many blocks that end in an empty line. */
    async blocks(count: number): Promise<string[]> {
      while (text.split('\n\n').length <= count) {
        const { value, done } = await reader.read();
        if (done) break;
        text += Buffer.from(value).toString();
      }
      return text.split('\n\n').slice(0, count);
    },
    /** What comes until it ends. */
    async rest(): Promise<string> {
      text = '';
      for (let read = await reader.read(); !read.done; read = await reader.read())
        text += Buffer.from(read.value).toString();
      return text;
    },
  };
}

describe('GET /api/events', () => {
  it('numbers events, for all who listen', async () => {
    studio.context.events.publish('crawl');
    const [first, second] = [await listen(), await listen()];
    expect(first.response.headers.get('content-type')).toContain('text/event-stream');
    expect(first.response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(await first.blocks(1)).toEqual(['id: 1\n: listening']);
    await second.blocks(1);
    studio.context.events.publish('decisions', { person: 'Anna' });
    studio.context.events.publish('project');
    for (const listener of [first, second]) {
      const [, ...events] = await listener.blocks(3);
      expect(events.map((event) => JSON.parse(event.split('data: ')[1] ?? '') as StudioEvent)).toEqual([
        { number: 2, topic: 'decisions', person: 'Anna' },
        { number: 3, topic: 'project' },
      ]);
      await listener.close();
    }
  });

  it('does something at every heartbeat, while somebody listens', () => {
    jest.useFakeTimers();
    try {
      const events = new EventStream();
      const [task, write] = [jest.fn(), jest.fn()];
      events.atHeartbeat(task);
      jest.advanceTimersByTime(60_000);
      expect(task).not.toHaveBeenCalled();
      const raw = Object.assign(new EventEmitter(), { writeHead: jest.fn(), write, end: jest.fn(), writableLength: 0 });
      events.listen({ hijack: jest.fn(), raw } as never, 'a');
      jest.advanceTimersByTime(30_000);
      expect([task.mock.calls.length, write.mock.calls.length]).toEqual([2, 3]);
      raw.emit('close');
      jest.advanceTimersByTime(60_000);
      expect(task).toHaveBeenCalledTimes(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('ends for whoever is removed or invited anew, and tells them nothing of it; for the others it goes on', async () => {
    const [before, owner] = [await studio.keyOf('Ben', 'reviewer'), await listen()];
    const first = await listen(before);
    await Promise.all([first.blocks(1), owner.blocks(1)]);
    const post = (url: string) => studio.ask(url, { method: 'POST', body: { name: 'Ben' } });
    const { link } = (await post('/api/people')).body as PersonLink;
    expect(await first.rest()).toBe('');
    const second = await listen(new URL(link).hash.slice('#key='.length));
    await second.blocks(1);
    await post('/api/people/remove');
    expect(await second.rest()).toBe('');
    expect((await owner.blocks(3)).slice(1).map((event) => event.includes('"topic":"project"'))).toEqual([true, true]);
    await owner.close();
  });

  it('ends at the next heartbeat where another process took the key away', async () => {
    jest.useFakeTimers({
      doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'clearTimeout'],
    });
    const other = await openStudio(project);
    try {
      await other.server.listen({ host: '127.0.0.1', port: 0 });
      const ben = await listen(await other.keyOf('Ben', 'reviewer'), addressOf(other));
      await ben.blocks(1);
      await new StudioKeys(project.config.paths.state).remove('Ben');
      jest.advanceTimersByTime(15_000);
      expect(await ben.rest()).toBe(': \n\n');
    } finally {
      jest.useRealTimers();
      await other.close();
    }
  });

  it('is for so many browsers and no more', async () => {
    const listeners = [];
    for (let count = 0; count < 32; count += 1) {
      const listener = await listen();
      await listener.blocks(1);
      listeners.push(listener);
    }
    expect((await listen()).response.status).toBe(503);
    await Promise.all(listeners.map((listener) => listener.close()));
  });
});
