import { chmod, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

const GROUP_WRITE = 0o020;
const WORLD_WRITE = 0o002;
/** What winnow loads or starts from is in these; they and the cache itself have to be private. */
const FOLDERS = ['libtensorflow', 'jpeg-codec', 'python-cwd'];

/** Who this user is, and the texts of /etc/group and /etc/passwd. */
export interface Accounts {
  readonly username: string;
  readonly groups: string;
  readonly users: string;
}

/**
 * Takes the group's write permission from what this user has in the cache, where the group is the user's alone: under
 * umask 002, the default of many systems, earlier versions made it so, and requirePrivate refuses it. Of another group,
 * somebody could have changed it; that stays as it is and is refused, as does what everybody may write or others own.
 * @param log gets one line where something was changed
 */
export async function closeToGroup(
  { cacheDir, log }: { readonly cacheDir: string; log(line: string): void },
  accounts?: Accounts,
): Promise<void> {
  const user = process.geteuid?.();
  if (user === undefined) return;
  let closed = 0;
  let known = accounts;
  for (const path of await pathsIn(cacheDir)) {
    // The cache may be a link to another disk; links within it lead to what is not ours to change.
    const found = await (path === cacheDir ? stat : lstat)(path).catch(() => null);
    if (found === null || found.isSymbolicLink() || found.uid !== user) continue;
    if ((found.mode & GROUP_WRITE) === 0 || (found.mode & WORLD_WRITE) !== 0) continue;
    known ??= await thisMachinesAccounts();
    if (!isOwnGroup(found.gid, known)) continue;
    const isClosed = await chmod(path, found.mode & 0o7777 & ~GROUP_WRITE).then(
      () => true,
      () => false,
    );
    if (isClosed) closed += 1;
  }
  if (closed > 0)
    log(`Took the write permission of your group, which is yours alone, from ${closed} paths in ${cacheDir}`);
}

async function pathsIn(cacheDir: string): Promise<readonly string[]> {
  const paths = [cacheDir];
  for (const name of FOLDERS) {
    const folder = join(cacheDir, name);
    if ((await lstat(folder).catch(() => null))?.isDirectory() !== true) continue;
    const entries = await readdir(folder, { recursive: true }).catch(() => []);
    paths.push(folder, ...entries.map((entry) => join(folder, entry)));
  }
  return paths;
}

/** Whether the group is named as the user, and nobody else is in it. */
export function isOwnGroup(gid: number, { username, groups, users }: Accounts): boolean {
  const named = rowsOf(groups).filter(([, , id]) => Number(id) === gid);
  const others = rowsOf(users).filter(([name, , , id]) => Number(id) === gid && name !== username);
  return (
    named.length > 0 &&
    others.length === 0 &&
    named.every(([name, , , members = '']) =>
      [name, ...members.split(',').filter((member) => member !== '')].every((each) => each === username),
    )
  );
}

function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(':'));
}

/** Nobody's where the system does not say: no group is then the user's own. */
export async function thisMachinesAccounts(): Promise<Accounts> {
  try {
    const [groups, users] = await Promise.all(['/etc/group', '/etc/passwd'].map((file) => readFile(file, 'utf8')));
    return { username: userInfo().username, groups: groups ?? '', users: users ?? '' };
  } catch {
    return { username: '', groups: '', users: '' };
  }
}
