import { access, constants, statfs } from 'node:fs/promises';

import type { CommandInput, CommandIo, CommandSpec, JsonValue } from '@winnow/contracts';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { CodecReport } from '@winnow/imaging';
import type { EngineReport, GpuReport, LibtensorflowVariant, VariantReport } from '@winnow/tensor';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export const doctorCommand: CommandSpec = {
  name: 'doctor',
  summary: 'Tell what this machine can do, and what is missing',
  arguments: [],
  options: [
    {
      flags: '--install',
      description: 'fetch and build the fastest engine and the JPEG codec where they are missing',
      type: 'boolean',
    },
    {
      flags: '--variant <name>',
      description:
        'with --install: the build for a GPU (3.3 GB), without (274 MB), or none, the codec alone, to crawl and build; default: cuda with an NVIDIA driver',
      type: 'string',
      choices: ['cuda', 'cpu', 'none'],
    },
  ],
  examples: ['winnow doctor', 'winnow doctor --install', 'winnow doctor --install --variant cuda'],
  async run(input, io) {
    const { closeToGroup, defaultCacheDir, describeEngines, describeGpu, describeVariants } =
      await import('@winnow/tensor');
    const cacheDir = defaultCacheDir(io.env);
    // As every start of the engine does: what is told of it must be what would happen.
    await closeToGroup({ cacheDir, log: io.log });
    await install(cacheDir, input, io);
    const { describeJpegCodec } = await import('@winnow/imaging');
    const codec = await describeJpegCodec(cacheDir);
    const engines = await describeEngines({ cacheDir });
    const variants = await describeVariants({ cacheDir });
    const gpu = await describeGpu();
    const checks: Check[] = [
      { name: 'node', ok: true, detail: process.version },
      ...platformChecks(),
      ...engines.map(engineCheck),
      ...variants.map((variant) => variantCheck(variant, gpu)),
      gpuCheck(gpu),
      { name: 'jpeg codec', ok: codec.usable, detail: describeCodec(codec) },
      await browserCheck(io.env),
      await folderCheck(io.cwd),
      ...(await storeChecks(io.env)),
      { name: 'database', ok: true, detail: describeDatabase(io.env['DATABASE_URL']) },
    ];
    const best = engines.find(({ usable }) => usable)?.engine ?? 'none';
    return {
      exitCode: 0,
      json: { engine: best, checks, variants, gpu } as unknown as Readonly<Record<string, JsonValue>>,
      text: [
        ...checks.map(({ name, ok, detail }) => `${ok ? 'ok     ' : 'missing'}  ${name.padEnd(18)} ${detail}`),
        `Training would run on: ${best}`,
      ],
    };
  },
};

async function install(cacheDir: string, { options }: CommandInput, io: CommandIo): Promise<void> {
  const variant = options['variant'] as LibtensorflowVariant | 'none' | undefined;
  if (options['install'] !== true) {
    if (variant === undefined) return;
    throw new WinnowError('USAGE', '--variant says what to install, and --install is missing', {
      next: `Run \`winnow doctor --install --variant ${variant}\`.`,
    });
  }
  const { installLibtensorflow } = await import('@winnow/tensor');
  const { installJpegCodec } = await import('@winnow/imaging');
  const { log, progress, signal } = io;
  await installJpegCodec({ cacheDir, log, signal }).catch((error: unknown) => {
    // Images are decoded without it too.
    if (!isWinnowError(error) || error.code === 'INTERRUPTED') throw error;
    log(`The JPEG codec was not installed: ${error.toLine()}`);
  });
  if (variant === 'none') return;
  await installLibtensorflow({ cacheDir, log, progress, signal, ...(variant && { variant }) });
}

/** Where nothing is compiled: what works all the same, and how to have the rest. */
function platformChecks(): readonly Check[] {
  const { platform, arch } = process;
  if (platform === 'linux') return [];
  const works =
    'crawls, builds and trains with sharp and WebAssembly, slower; the fast engine and the JPEG codec are for Linux';
  const remedy = 'run it in a container: `docker build -f docker/trainer.Dockerfile -t winnow .` in the checkout';
  return [{ name: 'platform', ok: false, detail: `${platform} ${arch}: ${works}; ${remedy}` }];
}

function engineCheck(engine: EngineReport): Check {
  return {
    name: `engine ${engine.engine}`,
    ok: engine.usable,
    detail: [
      engine.usable ? `ready, ${engine.version}` : (engine.reason ?? 'not usable'),
      ...engine.missing,
      ...(engine.path === null ? [] : [`in ${engine.path}`]),
      ...(engine.usable || engine.missing.length > 0 ? [] : ['run `winnow doctor --install`']),
    ].join('; '),
  };
}

function variantCheck({ variant, installed, path, downloadBytes, missing }: VariantReport, gpu: GpuReport): Check {
  const size = downloadBytes < 1e9 ? `${Math.round(downloadBytes / 1e6)} MB` : `${(downloadBytes / 1e9).toFixed(1)} GB`;
  const remedy = `\`winnow doctor --install --variant ${variant}\` fetches it (${size})`;
  const idle = variant === 'cuda' && !gpu.seen;
  const detail = installed
    ? [`installed in ${path}`, ...(idle ? ['computes on the processor, as no NVIDIA driver is here'] : [])]
    : ['not installed', ...missing, ...(idle ? ['of use with an NVIDIA GPU only'] : []), remedy];
  return { name: `build ${variant}`, ok: installed, detail: detail.join('; ') };
}

function gpuCheck({ driver, devices, missing }: GpuReport): Check {
  const detail = [...(driver === null ? [] : [`driver ${driver}`]), ...devices, ...missing];
  return { name: 'gpu', ok: missing.length === 0, detail: detail.join('; ') };
}

function describeCodec({ usable, path, reason }: CodecReport): string {
  return usable ? `libjpeg-turbo, in ${path}` : `${reason}; sharp decodes JPEGs, in three to five times the time`;
}

function describeDatabase(url: string | undefined): string {
  return url === undefined || url === ''
    ? 'embedded (PGlite), as DATABASE_URL is not set'
    : 'Postgres server of DATABASE_URL';
}

/** Of the store of WINNOW_STORE, by some requests; nothing where there is none. */
async function storeChecks(env: CommandIo['env']): Promise<readonly Check[]> {
  const { storeAddress } = await import('@winnow/config');
  try {
    const address = storeAddress(env);
    if (address === undefined) return [];
    const { probeStore } = await import('@winnow/store');
    const { knowsConditions, listsAtOnce } = await probeStore(address);
    const conditions = knowsConditions
      ? 'knows conditional writes'
      : 'ignores conditional writes, which are not needed';
    const lists = listsAtOnce ? 'lists at once' : 'lists late';
    return [{ name: 'store', ok: true, detail: `${address.url}: writes, reads, removes; ${lists}; ${conditions}` }];
  } catch (error) {
    if (!isWinnowError(error)) throw error;
    return [{ name: 'store', ok: false, detail: error.toLine() }];
  }
}

/** By what a crawl would start. */
async function browserCheck(env: CommandIo['env']): Promise<Check> {
  const { findChromium } = await import('@winnow/files/native');
  try {
    return { name: 'browser', ok: true, detail: findChromium(env) };
  } catch {
    return {
      name: 'browser',
      ok: false,
      detail: 'no Chromium; no engine that is on by default needs one (Debian: apt-get install chromium)',
    };
  }
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
