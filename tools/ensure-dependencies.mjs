import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isPageBuilt, ROOT } from './page/page-digest.mjs';

export { ROOT };

const MINIMUM = [20, 19];

/**
 * Installs what package-lock.json names, unless exactly that is installed, and builds the studio's page where its sources
 * changed. Says what it does on stderr.
 */
export function ensureDependencies() {
  requireNode();
  if (!isInstalled()) install();
  if (!isPageBuilt()) buildPage();
}

function install() {
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
  process.stderr.write(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
}

/** In a process of its own: the bundler is loaded where it is needed only. */
function buildPage() {
  const { status } = spawnSync(process.execPath, [path.join(ROOT, 'tools/build-page.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  process.stderr.write('error: The page of the studio could not be built; its message is above.\n');
  process.exit(1);
}

/** Whether node_modules holds exactly what package-lock.json asks for on this platform. */
function isInstalled() {
  const installed = readPackages('node_modules/.package-lock.json');
  const wanted = readPackages('package-lock.json');
  if (installed === undefined || wanted === undefined) return false;
  const isSame = (name, entry) => wanted[name]?.version === entry.version && wanted[name]?.resolved === entry.resolved;
  const names = Object.keys(wanted).filter((name) => name.includes('node_modules/'));
  return (
    names.every((name) => wanted[name].optional || installed[name] !== undefined) &&
    Object.entries(installed).every(([name, entry]) => isSame(name, entry) && existsSync(path.join(ROOT, name)))
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  process.stderr.write(`error: winnow needs Node ${MINIMUM.join('.')} or newer; this is ${process.version}.\n`);
  process.exit(1);
}
