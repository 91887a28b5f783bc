import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { openDatabase, projectStatus } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { watchStatus } from './status';

describe('watchStatus', () => {
  let folder: string;
  let crawl: DatabaseHandle;
  let left: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-status-'));
    writeFileSync(path.join(folder, 'p.yaml'), 'name: p\nclasses: [{ name: a }, { name: b }]\n');
    // As where the system has no door for it: nobody is let in.
    crawl = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'winnow crawl', alone: true });
    left = path.join(folder, '.winnow', 'status.json');
    const status = await projectStatus(crawl, 'p', new Date());
    const goingOn = { ...status, images: 7, crawl: { ...status.crawl, state: 'going on' } };
    writeFileSync(left, JSON.stringify({ at: '2026-01-31T00:00:00.000Z', status: goingOn }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Watches; `meanwhile` is what happens between two looks. */
  async function watch(meanwhile: () => Promise<void>) {
    const logged: string[] = [];
    const io = { signal: new AbortController().signal, log: (line: string) => void logged.push(line) };
    const config = await loadProject(path.join(folder, 'p.yaml'), { cwd: folder, env: {} });
    return { seen: await watchStatus(config, io, meanwhile), logged };
  }

  it('watches until another command holds the database, and ends with what the crawl last said', async () => {
    const { seen, logged } = await watch(async () => rmSync(left));
    await crawl.close();
    expect(seen).toMatchObject({ at: '2026-01-31T00:00:00.000Z', status: { images: 7 } });
    expect(logged).toEqual([expect.stringContaining('00:00:00'), expect.stringContaining('The crawl has ended')]);
  });

  it('ends with what is in the database once the crawl has left it', async () => {
    const { seen, logged } = await watch(async () => {
      rmSync(left);
      await crawl.close();
    });
    expect(seen).toMatchObject({ status: { images: 0, crawl: { state: 'not begun' } } });
    expect(logged).toHaveLength(1);
  });
});
