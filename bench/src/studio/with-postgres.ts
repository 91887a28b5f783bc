import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Work on an empty Postgres server. @returns null where none is installed */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T | null> {
  const child = spawn(process.execPath, [path.join(__dirname, 'serve-postgres.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    const { value } = (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()) as {
      value?: string;
    };
    const { url } = JSON.parse(value ?? '{}') as { url?: string };
    return url === undefined ? null : await work(url);
  } finally {
    child.stdin.end();
    await ended;
  }
}
