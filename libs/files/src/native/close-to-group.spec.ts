import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { closeToGroup, isOwnGroup } from './close-to-group';
import { checkInstalled, writeInstalled } from './installed-files';

const onPosix = process.getegid === undefined ? describe.skip : describe;
const itAsRoot = process.geteuid?.() === 0 ? it : it.skip;

let root: string, cacheDir: string, folder: string, gid: number;
const lines: string[] = [];
const accountsOf = (members: string, users = '') => ({
  ...{ username: 'ann', users },
  groups: `other:x:${gid + 1}:\nann:x:${gid}:${members}\n`,
});
const close = (members = '', users = '') =>
  closeToGroup({ cacheDir, log: (line) => void lines.push(line) }, accountsOf(members, users));
const check = () => checkInstalled({ folder, cacheDir });
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
const refused = { code: 'ENGINE_UNAVAILABLE', message: expect.stringContaining('may be changed by others') as unknown };

onPosix('a cache of before, made under umask 002', () => {
  beforeEach(async () => {
    lines.length = 0;
    root = await mkdtemp(join(tmpdir(), 'winnow-group-'));
    gid = (await stat(root)).gid;
    cacheDir = join(root, 'cache');
    folder = join(cacheDir, 'libtensorflow', 'build');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'lib.so.2'), 'library');
    await writeInstalled(folder, {});
    for (const path of [cacheDir, join(cacheDir, 'libtensorflow'), folder]) await chmod(path, 0o775);
    for (const name of ['lib.so.2', 'installed.json']) await chmod(join(folder, name), 0o664);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is closed to the group where that is the user alone, once, and is then loaded', async () => {
    await expect(check()).rejects.toMatchObject(refused);
    await close('ann', `ann:x:1:${gid}:\nbob:x:2:${gid + 1}:\n`);
    expect(lines).toEqual([expect.stringMatching(/group, which is yours alone, from 5 paths in /)]);
    expect([await modeOf(cacheDir), await modeOf(join(folder, 'lib.so.2'))]).toEqual([0o755, 0o644]);
    await check();
    await close();
    expect(lines).toHaveLength(1);
  });

  it('stays refused where somebody else is in the group, or everybody may write it', async () => {
    await close('ann,bob');
    await close('', `bob:x:2:${gid}:\n`);
    await expect(check()).rejects.toMatchObject(refused);
    expect([lines, await modeOf(folder)]).toEqual([[], 0o775]);
    await chmod(folder, 0o777);
    await close();
    expect(await modeOf(folder)).toBe(0o777);
    await expect(check()).rejects.toMatchObject(refused);
  });

  it('leaves what links in it lead to', async () => {
    await writeFile(join(root, 'elsewhere'), '');
    await chmod(join(root, 'elsewhere'), 0o664);
    await symlink(join(root, 'elsewhere'), join(folder, 'link'));
    await close();
    expect(await modeOf(join(root, 'elsewhere'))).toBe(0o664);
  });

  itAsRoot('leaves what belongs to somebody else (needs root, to give it away)', async () => {
    await chown(join(folder, 'lib.so.2'), 65_534, gid);
    await close();
    expect(await modeOf(join(folder, 'lib.so.2'))).toBe(0o664);
    await expect(check()).rejects.toMatchObject({ message: expect.stringContaining('another user') as unknown });
  });
});

describe('the group of a user', () => {
  it.each([
    ['named so, and nobody in it', 'ann:x:7:', true],
    ['with the user in it', 'ann:x:7:ann', true],
    ['of another name', 'staff:x:7:', false],
    ['with a second name', 'ann:x:7:\nstaff:x:7:', false],
    ['that the system does not list', '', false],
  ])('%s', (_, groups, isOwn) => {
    expect(isOwnGroup(7, { username: 'ann', groups, users: 'ann:x:7:7::/:/bin/sh\n' })).toBe(isOwn);
  });
});
