/**
 * Preloaded into a process under test (`node -r`): it ends the process by SIGKILL at one chosen moment, named by
 * WINNOW_KILL_AT as JSON `{ "at": ..., "match": text, "nth": from 1 }`.
 */
import diagnostics from 'node:diagnostics_channel';
import fs from 'node:fs';
import Module from 'node:module';

/** `rename`: before a file of that name gets its final name; `open`: when it is opened; `request`: when one is sent to
 *  that host; `sql`: before a statement holding that text runs, so within its transaction. */
interface KillMoment {
  readonly at: 'rename' | 'open' | 'request' | 'sql';
  readonly match: string;
  readonly nth: number;
}

const { at, match, nth } = JSON.parse(process.env['WINNOW_KILL_AT'] ?? '{}') as KillMoment;
let seen = 0;

function consider(kind: KillMoment['at'], text: string): void {
  if (kind !== at || !text.includes(match)) return;
  seen += 1;
  if (seen === nth) process.kill(process.pid, 'SIGKILL');
}

const { rename, open } = fs.promises;
fs.promises.rename = (from, to) => {
  consider('rename', String(to));
  return rename(from, to);
};
fs.promises.open = (file, ...rest) => {
  consider('open', String(file));
  return open(file, ...rest);
};

diagnostics.subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { origin?: string; path?: string; headers?: unknown } };
  consider('request', `${String(request.origin)}${String(request.path)} ${String(request.headers)}`);
});

interface Loader {
  _load(id: string, ...rest: unknown[]): unknown;
}
interface Embedded {
  execProtocolRawSync(message: Uint8Array, ...rest: unknown[]): unknown;
}

// Named, not imported: only libs/db may import the driver.
const loader = Module as unknown as Loader;
const load = loader._load;
const patched = new Set<unknown>();
loader._load = function (id, ...rest) {
  const loaded = load.call(this, id, ...rest);
  if (id === '@electric-sql/pglite' && !patched.has(loaded)) {
    patched.add(loaded);
    const { prototype } = (loaded as { PGlite: { prototype: Embedded } }).PGlite;
    const run = prototype.execProtocolRawSync;
    prototype.execProtocolRawSync = function (message, ...others) {
      consider('sql', Buffer.from(message).toString('latin1'));
      return run.call(this, message, ...others);
    };
  }
  return loaded;
};
