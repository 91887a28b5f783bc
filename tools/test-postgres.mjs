import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Starts a throwaway Postgres on loopback for the tests; as root, it runs as the user `postgres`.
 * @returns {Promise<{ url: string, bin: string, restart(): void, stop(): void } | { reason: string }>}
 *   bin: folder of the server's tools; restart: as after a crash, at the same port; reason: why there is none
 */
export async function startTestPostgres() {
  const bin = findBinaries();
  if (bin === undefined) return { reason: 'no Postgres server is installed (Debian: apt-get install postgresql)' };
  const asRoot = process.getuid?.() === 0;
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
  );
  if (asRoot && (!uid || !gid)) {
    return { reason: 'Postgres refuses to run as root and there is no user postgres' };
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'winnow-postgres-'));
  if (asRoot) chownSync(directory, uid, gid);
  const run = (tool, args) => {
    const command = [path.join(bin, tool), ...args];
    const [file, ...rest] = asRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    return spawnSync(file, rest, { encoding: 'utf8', cwd: directory });
  };
  const data = path.join(directory, 'data');
  const port = await freePort();
  const stop = () => {
    run('pg_ctl', ['stop', '-D', data, '-m', 'immediate', '-w']);
    rmSync(directory, { recursive: true, force: true });
  };
  const made = run('initdb', [
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'winnow',
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ]);
  const server = ['-D', data, '-w', '-l', path.join(directory, 'log')];
  server.push('-o', `-h 127.0.0.1 -p ${port} -k ${directory} -c fsync=off -c autovacuum=off -c max_connections=100`);
  const started = made.status === 0 ? run('pg_ctl', ['start', ...server]) : made;
  if (started.status !== 0) {
    stop();
    return {
      reason: `Postgres did not start: ${(started.stderr || started.stdout || String(started.error)).trim().split('\n').at(-1)}`,
    };
  }
  const restart = () => {
    const { status, stderr } = run('pg_ctl', ['restart', '-m', 'immediate', ...server]);
    if (status !== 0) throw new Error(`Postgres did not restart: ${stderr}`);
  };
  return { url: `postgres://winnow@127.0.0.1:${port}/postgres`, bin, restart, stop };
}

function findBinaries() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => path.join(base, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')));
}

/** @returns {Promise<number>} a port of the loopback address that nobody has now */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
