import { access, constants, statfs } from 'node:fs/promises';
import type { CommandSpec, JsonValue } from '@winnow/contracts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const doctorCommand: CommandSpec = {
  name: 'doctor',
  summary: 'Tell what this machine can do, and what is missing',
  arguments: [],
  options: [
    { flags: '--install', description: 'fetch and build the fastest engine if it is missing', type: 'boolean' },
  ],
  examples: ['winnow doctor', 'winnow doctor --install'],
  async run(input, io) {
    const { defaultCacheDir, describeEngines, installLibtensorflow } = await import('@winnow/tensor');
    const cacheDir = defaultCacheDir(io.env);
    if (input.options['install'] === true) {
      await installLibtensorflow({ cacheDir, log: io.log, progress: io.progress, signal: io.signal });
    }
    const engines = await describeEngines({ cacheDir });
    const checks: Check[] = [
      { name: 'node', ok: true, detail: process.version },
      ...engines.map((engine) => ({
        name: `engine ${engine.engine}`,
        ok: engine.usable,
        detail: [
          engine.usable ? `ready, ${engine.version}` : (engine.reason ?? 'not usable'),
          ...engine.missing,
          ...(engine.path === null ? [] : [`in ${engine.path}`]),
          ...(engine.usable || engine.missing.length > 0 ? [] : ['run `winnow doctor --install`']),
        ].join('; '),
      })),
      await browserCheck(),
      await folderCheck(io.cwd),
      { name: 'database', ok: true, detail: describeDatabase(io.env['DATABASE_URL']) },
    ];
    const best = engines.find(({ usable }) => usable)?.engine ?? 'none';
    return {
      exitCode: 0,
      json: { engine: best, checks: checks as unknown as JsonValue },
      text: [
        ...checks.map(({ name, ok, detail }) => `${ok ? 'ok     ' : 'missing'}  ${name.padEnd(18)} ${detail}`),
        `Training would run on: ${best}`,
      ],
    };
  },
};

function describeDatabase(url: string | undefined): string {
  return url === undefined || url === ''
    ? 'embedded (PGlite), as DATABASE_URL is not set'
    : 'Postgres server of DATABASE_URL';
}

async function browserCheck(): Promise<Check> {
  for (const path of CHROMIUM_PATHS) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return { name: 'browser', ok: true, detail: path };
  }
  return {
    name: 'browser',
    ok: false,
    detail: 'no Chromium; no engine that is on by default needs one (Debian: apt-get install chromium)',
  };
}

async function folderCheck(cwd: string): Promise<Check> {
  const writable = await access(cwd, constants.W_OK).then(
    () => true,
    () => false,
  );
  const { bavail, bsize } = await statfs(cwd);
  const freeGigabytes = (Number(bavail) * Number(bsize)) / 1e9;
  return {
    name: 'folder',
    ok: writable,
    detail: `${cwd}, ${writable ? 'writable' : 'not writable'}, ${freeGigabytes.toFixed(1)} GB free`,
  };
}
