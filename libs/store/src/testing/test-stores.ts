import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseStoreAddress } from '@winnow/config';
import type { StoreAddress } from '@winnow/config';

/** `@winnow/store/testing`: servers for specs. Nothing that ships imports it. */

/** Servers that speak S3's protocol: one that knows conditional writes, and one over a folder, which ignores them. */
type StoreServerName = 'moto' | 'rclone';

/** A server of this machine, for specs. */
export interface TestStore {
  readonly endpoint: string;
  /** A prefix of its bucket, that nothing is in yet. */
  address(prefix: string): StoreAddress;
  /** File of an object; of rclone only. */
  fileOf(address: StoreAddress, key: string): string;
  stop(): Promise<void>;
}

const BUCKET = 'winnow-tests';
const ACCESS_KEY = 'winnow-tests-key';
const SECRET_KEY = 'winnow-tests-secret';

/** Servers of WINNOW_TEST_STORES, the folder of their programs; those that are not there are skipped, and counted as skipped. */
export function storeServersUnderTest(
  env: Readonly<Record<string, string | undefined>>,
): readonly { readonly name: StoreServerName; readonly programs: string | undefined }[] {
  const programs = env['WINNOW_TEST_STORES'] || undefined;
  return [
    { name: 'moto', programs },
    { name: 'rclone', programs },
  ];
}

/** Starts a server on a port of its own choice. The credentials that the client then finds are in this process's environment. */
export async function startTestStore(name: StoreServerName, programs: string): Promise<TestStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-store-'));
  mkdirSync(path.join(folder, BUCKET));
  process.env['AWS_ACCESS_KEY_ID'] = ACCESS_KEY;
  process.env['AWS_SECRET_ACCESS_KEY'] = SECRET_KEY;
  const [program, ...args] = {
    moto: ['moto_server', '-H', '127.0.0.1', '-p', '0'] as const,
    rclone: [
      ...(['rclone', 'serve', 's3', '--addr', '127.0.0.1:0', '--config', path.join(folder, 'none')] as const),
      ...(['--auth-key', `${ACCESS_KEY},${SECRET_KEY}`, folder] as const),
    ] as const,
  }[name];
  const server = spawn(path.join(programs, program), args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const endpoint = await startedAt(server);
  // Of moto no signature is asked; the bucket of rclone is the folder.
  if (name === 'moto') await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' });
  return {
    endpoint,
    address: (prefix) => parseStoreAddress(`s3://${BUCKET}/${prefix}`, { WINNOW_S3_ENDPOINT: endpoint }, 'a spec'),
    fileOf: ({ prefix }, key) => path.join(folder, BUCKET, prefix, key),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The address that a server says it listens to. */
async function startedAt(server: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const read = (line: string): void => {
      said.push(line);
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (address !== undefined) resolve(address);
    };
    for (const stream of [server.stdout, server.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read);
    }
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said.join(' ')}`)));
  });
}
