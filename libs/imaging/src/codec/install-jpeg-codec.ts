import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WinnowError } from '@winnow/contracts';
import {
  checkInstalled,
  fillFolderOnce,
  MARKER_NAME,
  nodeHeaders,
  thisMachine,
  writeInstalled,
} from '@winnow/files/native';
import type { Machine } from '@winnow/files/native';
import {
  ADD_ON_NAME,
  CODEC_PACKAGE,
  codecDir,
  codecSources,
  COMPILER_FLAGS,
  libraryMember,
  LIBRARY_NAME,
  NATIVE_DIR,
} from './codec-release';

export interface CodecInstallOptions {
  /** See `defaultCacheDir`. */
  readonly cacheDir: string;
  log(line: string): void;
  readonly signal?: AbortSignal;
}

/** What `winnow doctor` says of the codec. */
export interface CodecReport {
  readonly usable: boolean;
  /** Where it lies or would lie. */
  readonly path: string;
  /** Why it is not used, and what to do; null where it is. */
  readonly reason: string | null;
}

/** Whether JPEGs are decoded by the codec here. Loads no native code. */
export async function describeJpegCodec(cacheDir: string, machine: Machine = thisMachine()): Promise<CodecReport> {
  const path = codecDir(cacheDir);
  if (!existsSync(join(path, MARKER_NAME))) {
    const obstacle = obstacleOf(machine);
    return { usable: false, path, reason: obstacle ?? 'not installed: run `winnow doctor --install`' };
  }
  const failure = await checkInstalled({ folder: path, cacheDir }, { isThorough: true }).then(
    () => null,
    (error: unknown) => (error instanceof WinnowError ? error.toLine() : String(error)),
  );
  return { usable: failure === null, path, reason: failure };
}

/**
 * Puts libjpeg-turbo and our add-on into the cache, once for all projects and Node versions: fetches the npm package
 * (3 MB), checks its digest, takes the library out and compiles the add-on. Does nothing where it is there already.
 * @throws WinnowError ENGINE_UNAVAILABLE with the reason, then sharp goes on decoding; INTERRUPTED if aborted
 */
export async function installJpegCodec(options: CodecInstallOptions, machine: Machine = thisMachine()): Promise<void> {
  const folder = codecDir(options.cacheDir);
  const marker = join(folder, MARKER_NAME);
  if (existsSync(marker)) return;
  const obstacle = obstacleOf(machine);
  if (obstacle !== null) throw unavailable(obstacle, folder);
  const { signal, log } = options;
  const target = { folder, marker, onWait: () => log('Waiting for another process that installs the JPEG codec') };
  // Nothing is loaded from the cache that others may write.
  const mask = process.umask(process.umask() | 0o022);
  try {
    log(`Fetching libjpeg-turbo (${Math.round(CODEC_PACKAGE.sizeBytes / 1e6)} MB) and compiling the JPEG codec`);
    await fillFolderOnce({ ...target, ...(signal && { signal }) }, (building) => build(building, options, machine));
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new WinnowError('INTERRUPTED', 'The installation of the JPEG codec was stopped', { next: 'Run it again.' });
  } finally {
    process.umask(mask);
  }
}

async function build(folder: string, { cacheDir, signal }: CodecInstallOptions, machine: Machine): Promise<void> {
  const run = async (what: string, command: string, args: readonly string[]): Promise<void> => {
    const { ok, message } = await machine.run(command, args, { cwd: folder, ...(signal && { signal }) });
    if (!ok) throw unavailable(`${what} failed: ${message}`, codecDir(cacheDir));
  };
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const { name, version, sha512 } = CODEC_PACKAGE;
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-update-notifier', '--loglevel=error'];
  await run(`fetching ${name} ${version} with npm`, 'npm', [
    ...['pack', `${name}@${version}`, '--pack-destination', scratch],
    ...quiet,
  ]);
  const [archive] = await readdir(scratch);
  if (archive === undefined) throw unavailable('npm left no package', codecDir(cacheDir));
  const found = createHash('sha512')
    .update(await readFile(join(scratch, archive)))
    .digest('base64');
  if (found !== sha512) throw unavailable(`${archive} has the SHA-512 ${found}, not ${sha512}`, codecDir(cacheDir));
  const member = libraryMember(machine) as string;
  const strip = `--strip-components=${member.split('/').length - 1}`;
  await run('unpacking libjpeg-turbo', 'tar', [
    '-xzf',
    join(scratch, archive),
    '-C',
    folder,
    strip,
    '--no-same-owner',
    member,
  ]);
  await rm(scratch, { recursive: true });
  await run('compiling the JPEG codec', 'g++', compileCommand(folder, nodeHeaders(machine) as string));
  // In a process of its own: what ends it would end this one.
  const load = `process.exit(require(process.argv[1]).plainSize(new Uint8Array(9)))`;
  await run('loading the JPEG codec', process.execPath, ['-e', load, join(folder, ADD_ON_NAME)]);
  await copyFile(join(NATIVE_DIR, 'LICENSE.libjpeg-turbo.md'), join(folder, 'LICENSE.libjpeg-turbo.md'));
  await writeInstalled(folder, { package: name, version, sha512 });
}

/** Arguments of g++. @param folder of libjpeg-turbo, where the add-on goes too */
function compileCommand(folder: string, headers: string): string[] {
  return [
    ...[...COMPILER_FLAGS, `-I${headers}`],
    ...codecSources().filter((file) => file.endsWith('.cc')),
    ...[`-L${folder}`, `-l:${LIBRARY_NAME}`, '-Wl,-rpath,$ORIGIN'],
    ...['-o', join(folder, ADD_ON_NAME)],
  ];
}

function obstacleOf(machine: Machine): string | null {
  if (libraryMember(machine) === undefined)
    return `libjpeg-turbo is fetched for Linux with glibc on x64 and arm64 only, and this is ${machine.platform} ${machine.arch}`;
  return nodeHeaders(machine) === undefined ? `node_api.h is in none of ${machine.headerDirs.join(', ')}` : null;
}

function unavailable(message: string, where: string): WinnowError {
  return new WinnowError('ENGINE_UNAVAILABLE', message, {
    where,
    next: 'JPEGs are decoded without it too, only slower; it needs npm, tar and g++.',
  });
}
