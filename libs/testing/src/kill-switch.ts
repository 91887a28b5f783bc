/**
 * Preloaded into a process under test (`node -r`): it ends the process by SIGKILL at one chosen moment, named by
 * WINNOW_KILL_AT as JSON `{ "at": ..., "match": text, "nth": from 1 }`. WINNOW_KILL_TRACE names a file to which every
 * moment that could be chosen is added, as a line of JSON `[at, text]`.
 */
import diagnostics from 'node:diagnostics_channel';
import fs from 'node:fs';
import Module from 'node:module';

/** `rename`: before a file of that name gets its final name; `open`: when it is opened; `write`: before each piece that is
 *  added to it; `rm`: before it is removed; `request`: when one is sent to
 *  that host; `sql`: before a statement holding that text runs, so within its transaction. */
interface KillMoment {
  readonly at: 'rename' | 'open' | 'write' | 'rm' | 'request' | 'sql';
  readonly match: string;
  readonly nth: number;
}

const { at, match, nth } = JSON.parse(process.env['WINNOW_KILL_AT'] ?? '{}') as KillMoment;
const trace = process.env['WINNOW_KILL_TRACE'];
/** Of a traced text; statements go on with their values. */
const TRACED_CHARACTERS = 300;
let seen = 0;

function consider(kind: KillMoment['at'], text: string): void {
  if (trace !== undefined) fs.appendFileSync(trace, `${JSON.stringify([kind, text.slice(0, TRACED_CHARACTERS)])}\n`);
  if (kind !== at || !text.includes(match)) return;
  seen += 1;
  if (seen === nth) process.kill(process.pid, 'SIGKILL');
}

const { rename, open, rm } = fs.promises;
fs.promises.rename = (from, to) => {
  consider('rename', String(to));
  return rename(from, to);
};
fs.promises.open = async (file, ...rest) => {
  consider('open', String(file));
  const handle = await open(file, ...rest);
  const append = handle.appendFile.bind(handle);
  handle.appendFile = (...data) => {
    consider('write', String(file));
    return append(...data);
  };
  return handle;
};
fs.promises.rm = (file, ...rest) => {
  consider('rm', String(file));
  return rm(file, ...rest);
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
