import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const MINIMUM = [20, 19];

/** Installs what package-lock.json names, unless exactly that is installed. Says what it does on stderr. */
export function ensureDependencies() {
  requireNode();
  const lock = readFileSync(path.join(ROOT, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex');
  const stamp = path.join(ROOT, 'node_modules/.cache/winnow/installed-lock.sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { installed: false, seconds: 0 };
  const startedAt = Date.now();
  process.stderr.write('Installing the npm packages (once, about a minute) ...\n');
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    const reason =
      result.error === undefined ? `npm ended with ${result.status ?? result.signal}` : result.error.message;
    process.stderr.write(
      `error: The npm packages could not be installed (${reason}). Check the network and npm's own message above, then run the command again.\n`,
    );
    process.exit(1);
  }
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return { installed: true, seconds: (Date.now() - startedAt) / 1000 };
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  process.stderr.write(`error: winnow needs Node ${MINIMUM.join('.')} or newer; this is ${process.version}.\n`);
  process.exit(1);
}
