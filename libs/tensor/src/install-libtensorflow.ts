import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import type { ProgressSink } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';

import { fillFolderOnce } from './build-folder';
import { libtensorflowObstacles } from './libtensorflow-obstacles';
import { BINDING_NAME, LIBTENSORFLOW, libtensorflowDir, MARKER_NAME, markerPath } from './libtensorflow-release';
import type { Machine, RunResult } from './machine';
import { nodeHeaders, thisMachine } from './machine';

export interface InstallOptions {
  readonly cacheDir: string;
  log(line: string): void;
  readonly progress?: ProgressSink;
  readonly signal?: AbortSignal;
}

/** Takes the named members of a zip, those of `tensorflow/` without that folder. Arguments: wheel, target, prefixes. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, target, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(tuple(prefixes)) and not name.endswith('/'):
            path = os.path.join(target, name.removeprefix('tensorflow/'))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(name) as source, open(path, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
`;

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/', 'LICENSE'];

/**
 * Puts libtensorflow and the compiled binding into the cache, once for all projects and Node versions: fetches
 * TensorFlow's CPU wheel with pip (274 MB), checks its digest, takes the libraries out and compiles the N-API binding
 * that @tensorflow/tfjs-node-gpu brings as source. Does nothing where it is there already.
 * @throws WinnowError ENGINE_UNAVAILABLE with the reason; INTERRUPTED if aborted
 */
export async function installLibtensorflow(
  options: InstallOptions,
  machine: Machine = thisMachine(),
  sha256: string = LIBTENSORFLOW.sha256,
): Promise<void> {
  const folder = libtensorflowDir(options.cacheDir);
  if (existsSync(markerPath(options.cacheDir))) return;
  const obstacles = await libtensorflowObstacles(machine, options.cacheDir);
  if (obstacles.length > 0) throw unavailable(obstacles.join('; '), folder);
  const step = async (running: Promise<RunResult>, what: string) => {
    const { ok, message } = await running;
    if (options.signal?.aborted) throw interrupted();
    if (!ok) throw unavailable(`${what} failed: ${message}`, folder);
  };
  await fillFolderOnce(
    {
      folder,
      marker: markerPath(options.cacheDir),
      onWait: () => options.log('Waiting for another process that installs libtensorflow'),
      ...(options.signal && { signal: options.signal }),
    },
    (building) => build(building, { ...options, machine, sha256, step }),
  ).catch((error: unknown) => {
    throw options.signal?.aborted ? interrupted() : error;
  });
}

interface Build extends InstallOptions {
  /** That the wheel must have. */
  readonly sha256: string;
  readonly machine: Machine;
  step(running: Promise<RunResult>, what: string): Promise<void>;
}

async function build(folder: string, options: Build): Promise<void> {
  const { machine, step, log } = options;
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  log(`Fetching libtensorflow ${LIBTENSORFLOW.version} (${Math.round(LIBTENSORFLOW.wheelBytes / 1e6)} MB)`);
  const wheel = await fetchWheel(scratch, options);
  await checkDigest(wheel, options.sha256);

  const run = (command: string, args: readonly string[]) =>
    machine.run(command, args, options.signal && { signal: options.signal });
  const members = [
    ...LIBRARIES.map((name) => `tensorflow/${name}`),
    ...HEADERS.map((name) => `tensorflow/include/${name}`),
  ];
  log('Unpacking its libraries and compiling the binding');
  await step(run('python3', ['-c', UNPACK, wheel, folder, ...members]), 'unpacking the wheel');
  await rm(scratch, { recursive: true });
  await step(run('g++', compilerArguments(folder, nodeHeaders(machine) as string)), 'compiling the binding');
  // In a process of its own: a processor without the instructions that TensorFlow uses would end this one.
  const load = `process.stdout.write(require(process.argv[1]).TF_Version)`;
  await step(run(process.execPath, ['-e', load, join(folder, BINDING_NAME)]), 'loading the binding');
  await rename(join(folder, 'include', 'LICENSE'), join(folder, 'LICENSE'));
  await rm(join(folder, 'include'), { recursive: true });
  await writeFile(
    join(folder, MARKER_NAME),
    `${JSON.stringify({ version: LIBTENSORFLOW.version, wheelSha256: options.sha256 })}\n`,
  );
}

async function fetchWheel(scratch: string, { machine, step, progress, signal }: Build): Promise<string> {
  const { package: name, version, pipArguments, wheelBytes } = LIBTENSORFLOW;
  const task = progress?.start({ label: 'libtensorflow', total: wheelBytes, unit: 'B' });
  // pip shows no progress to a pipe, so the growth of its files stands for it.
  const watch = setInterval(() => {
    void folderBytes(scratch).then((bytes) => task?.update(Math.min(bytes, wheelBytes)));
  }, 500);
  const args = ['-m', 'pip', 'download', '--no-cache-dir', '--quiet', ...pipArguments, '--dest', scratch];
  const env = { TMPDIR: scratch };
  try {
    const fetching = machine.run('python3', [...args, `${name}==${version}`], { env, ...(signal && { signal }) });
    await step(fetching, `fetching ${name} ${version} with pip`);
  } finally {
    clearInterval(watch);
    task?.end();
  }
  const wheel = (await readdir(scratch)).find((file) => file.endsWith('.whl'));
  if (!wheel) throw unavailable('pip left no wheel', scratch);
  return join(scratch, wheel);
}

async function checkDigest(wheel: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(wheel)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  if (digest === expected) return;
  throw unavailable(`the wheel that pip fetched has the SHA-256 ${digest}, not ${expected}`, basename(wheel));
}

function compilerArguments(folder: string, headers: string): string[] {
  const source = dirname(createRequire(__filename).resolve('@tensorflow/tfjs-node-gpu/package.json'));
  return [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'],
    ...[`-I${source}`, `-I${join(folder, 'include')}`, `-I${headers}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(source, 'binding', file)),
    `-L${folder}`,
    ...LIBRARIES.map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN',
    ...['-o', join(folder, BINDING_NAME)],
  ];
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return sizes.reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);
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
