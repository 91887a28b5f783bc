import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { openDatabase, projectStatus } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { statusCommand } from './status';

describe('winnow status', () => {
  let folder: string;
  let crawl: DatabaseHandle;
  let left: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-status-'));
    writeFileSync(path.join(folder, 'p.yaml'), 'name: p\nclasses: [{ name: a }, { name: b }]\n');
    crawl = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'winnow crawl' });
    left = path.join(folder, '.winnow', 'status.json');
    const status = await projectStatus(crawl, 'p', new Date());
    const goingOn = { ...status, images: 7, crawl: { ...status.crawl, state: 'going on' } };
    writeFileSync(left, JSON.stringify({ at: '2026-01-31T00:00:00.000Z', status: goingOn }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Watches; `whenSeen` is called with the first line. */
  async function watch(whenSeen: () => void) {
    const logged: string[] = [];
    const io: CommandIo = {
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
      log: (line) => {
        if (logged.push(line) === 1) whenSeen();
      },
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    };
    const result = await statusCommand.run?.({ arguments: { project: 'p.yaml' }, options: { watch: true } }, io);
    return { result, logged };
  }

  it('watches until another command holds the database, and ends with what the crawl last said', async () => {
    const { result, logged } = await watch(() => rmSync(left));
    await crawl.close();
    expect(result).toMatchObject({ exitCode: 0, json: { images: 7, at: '2026-01-31T00:00:00.000Z' } });
    expect(logged).toEqual([expect.stringContaining('00:00:00'), expect.stringContaining('The crawl has ended')]);
  });

  it('ends with what is in the database once the crawl has left it', async () => {
    const { result, logged } = await watch(() => {
      rmSync(left);
      void crawl.close();
    });
    expect(result).toMatchObject({ exitCode: 0, json: { images: 0, crawl: { state: 'not begun' } } });
    expect(logged).toHaveLength(1);
  });
});
