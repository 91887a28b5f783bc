import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ProgressSink } from '@winnow/contracts';
import { startBenchWebProcess } from './bench-web-process';

describe('startBenchWebProcess', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-bench-web-'));
  const node = process.execPath;
  afterEach(() => (process.execPath = node));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Starts it and tells how its bar ended. */
  function start(images: number) {
    const stop = new AbortController();
    const ends: unknown[] = [];
    const progress: ProgressSink = { start: () => ({ update: () => undefined, end: (how) => void ends.push(how) }) };
    return { ends, stop, web: startBenchWebProcess({ folder, images }, { signal: stop.signal, progress }) };
  }

  it('serves what it drew, and leaves nothing when it stops', async () => {
    const { ends, stop, web } = start(2);
    const { urls, requests, stop: end } = await web;
    expect([urls.length, await requests(), ends]).toEqual([2, 0, ['done']]);
    await end();
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('ends its bar when it is interrupted', async () => {
    const { ends, stop, web } = start(100_000);
    stop.abort();
    await expect(web).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(ends).toEqual(['stopped']);
  });

  it('ends its bar when there is no web, and keeps nothing of the one who waits', async () => {
    const { ends, stop, web } = start(1);
    await expect(web).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(ends).toEqual(['stopped']);
    // The child is gone soon; a listener that stayed would keep this test from its end.
    while (getEventListeners(stop.signal, 'abort').length > 0) await setImmediate();
    process.execPath = path.join(folder, 'none');
    const absent = start(2);
    await expect(absent.web).rejects.toMatchObject({ code: 'INTERNAL', cause: { code: 'ENOENT' } });
    expect(absent.ends).toEqual(['stopped']);
  });
});
