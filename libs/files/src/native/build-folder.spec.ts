import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fillFolderOnce } from './build-folder';

describe('fillFolderOnce', () => {
  let parent: string, folder: string, marker: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'winnow-build-'));
    folder = join(parent, 'final');
    marker = join(folder, 'complete');
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  const fill = (text: string) => async (building: string) => {
    expect(existsSync(folder)).toBe(false);
    await writeFile(join(building, 'content'), text);
    await writeFile(join(building, 'complete'), '');
  };

  it('shows the folder only when it is complete, and nothing beside it', async () => {
    await fillFolderOnce({ folder, marker }, fill('a'));
    expect(await readdir(parent)).toEqual(['final']);
    expect((await readdir(folder)).sort()).toEqual(['complete', 'content']);
  });

  it('does nothing where the folder is complete', async () => {
    await fillFolderOnce({ folder, marker }, fill('a'));
    await fillFolderOnce({ folder, marker }, () => Promise.reject(new Error('called')));
    expect(await readFile(join(folder, 'content'), 'utf8')).toBe('a');
  });

  it('leaves nothing of a failure, and can be tried again', async () => {
    await expect(fillFolderOnce({ folder, marker }, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await readdir(parent)).toEqual([]);
    await fillFolderOnce({ folder, marker }, fill('b'));
    expect(await readFile(join(folder, 'content'), 'utf8')).toBe('b');
  });

  it('lets the second wait for the first', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let begun = (): void => undefined;
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const first = fillFolderOnce({ folder, marker }, async (building) => {
      begun();
      await gate;
      await fill('first')(building);
    });
    await beginning;
    const second = fillFolderOnce({ folder, marker, onWait: release }, fill('second'));
    await Promise.all([first, second]);
    expect(await readFile(join(folder, 'content'), 'utf8')).toBe('first');
    expect(await readdir(parent)).toEqual(['final']);
  });

  it('does not take one that stood still for a killed one', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let begun: (building: string) => void = () => undefined;
    const beginning = new Promise<string>((resolve) => (begun = resolve));
    const first = fillFolderOnce({ folder, marker }, async (building) => {
      begun(building);
      await gate;
      await fill('first')(building);
    });
    // As after a sleep of the machine: its next heartbeat comes within two seconds.
    await utimes(join(await beginning, 'heartbeat'), 1, 1);
    const second = fillFolderOnce({ folder, marker, onWait: release }, fill('second'));
    await Promise.all([first, second]);
    expect(await readFile(join(folder, 'content'), 'utf8')).toBe('first');
  });

  it('keeps the folder of whoever was faster', async () => {
    await fillFolderOnce({ folder, marker }, async (building) => {
      await mkdir(folder);
      await writeFile(marker, 'theirs');
      await writeFile(join(building, 'complete'), 'ours');
    });
    expect(await readFile(marker, 'utf8')).toBe('theirs');
    expect(await readdir(parent)).toEqual(['final']);
  });

  it('clears away what a killed process left', async () => {
    const left = join(parent, '.build-left');
    await mkdir(left);
    await writeFile(join(left, 'heartbeat'), '');
    await utimes(join(left, 'heartbeat'), 1, 1);
    await mkdir(folder);
    await writeFile(join(folder, 'half'), '');
    await fillFolderOnce({ folder, marker }, async (building) => writeFile(join(building, 'complete'), ''));
    expect(await readdir(parent)).toEqual(['final']);
    expect(await readdir(folder)).toEqual(['complete']);
  });

  it('stops waiting when it is aborted', async () => {
    await mkdir(join(parent, '.build-other'));
    const abort = new AbortController();
    const waiting = fillFolderOnce({ folder, marker, signal: abort.signal, onWait: () => abort.abort() }, fill('c'));
    await expect(waiting).rejects.toThrow(/abort/);
  });
});
