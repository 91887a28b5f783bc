import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { acquireLock } from '@winnow/db';
import { removeAbandonedBuilds } from './remove-abandoned-builds';
import { workingFolder } from './working-folder';

let builds: string;
beforeEach(() => {
  builds = mkdtempSync(path.join(tmpdir(), 'winnow-builds-'));
});
afterEach(() => rmSync(builds, { recursive: true, force: true }));

function begin(id: string): string {
  const folder = workingFolder(path.join(builds, id));
  mkdirSync(folder);
  return folder;
}

describe('removeAbandonedBuilds', () => {
  it('removes what killed builds left, but not the one that goes on, nor finished ones', async () => {
    const [old, going] = [begin('old'), begin('going')];
    mkdirSync(path.join(builds, 'done'));
    expect(await removeAbandonedBuilds(builds, { keep: 'going', touchedBefore: Infinity })).toEqual(['old']);
    expect([existsSync(old), existsSync(going), readdirSync(builds).length]).toEqual([false, true, 2]);
  });

  it('leaves alone what another command writes now, and what was touched since then', async () => {
    const [held, recent] = [begin('held'), begin('recent')];
    utimesSync(held, 1, 1);
    const release = await acquireLock(path.join(builds, 'held.lock'), 'winnow build');
    const touchedBefore = Date.now() - 3600_000;
    expect(await removeAbandonedBuilds(builds, { keep: 'other', touchedBefore })).toEqual([]);
    await release();
    expect([existsSync(held), existsSync(recent)]).toEqual([true, true]);
    expect(await removeAbandonedBuilds(builds, { keep: 'other', touchedBefore })).toEqual(['held']);
    expect(readdirSync(builds)).toEqual([path.basename(recent)]);
  });

  it('finds nothing where there is no folder', async () => {
    const nowhere = path.join(builds, 'nowhere');
    expect(await removeAbandonedBuilds(nowhere, { keep: 'x', touchedBefore: Infinity })).toEqual([]);
  });
});
