import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTestPostgres } from '../../../tools/test-postgres.mjs';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 1_000_000_000;

/**
 * Runs SQL by the server's own client.
 * @param {{ bin: string, url: string }} server
 * @returns {Promise<string>} rows, without headings
 */
export async function psql({ bin, url }, text) {
  const flags = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const { stdout } = await run(path.join(bin, 'psql'), [...flags, '-c', text, url], { maxBuffer: MAX_OUTPUT_BYTES });
  return stdout.trim();
}

/** A Postgres server that ends with this process. @throws Error where there is none to start */
export async function startServer() {
  const server = await startTestPostgres();
  if (server.url === undefined) throw new Error(server.reason);
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  process.once('exit', () => server.stop());
  return server;
}

/** A new, empty database of the server. @returns its server and URL for `psql` */
export async function createDatabase(server, name) {
  await psql(server, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { bin: server.bin, url: url.href };
}

/** A text as SQL. */
export function quoted(text) {
  return `'${text.replaceAll("'", "''")}'`;
}
