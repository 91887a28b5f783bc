import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Of g++ for every add-on. */
export const ADD_ON_FLAGS = ['-O2', '-std=c++17', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'] as const;

/** What an installation asks of the computer; tests put another in its place. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of the C library, null where it is not glibc. */
  readonly glibc: string | null;
  /** Folders that may hold node_api.h. */
  readonly headerDirs: readonly string[];
  /** Text of /proc/driver/nvidia/version, null where the kernel has no NVIDIA driver. Containers see the host's. */
  readonly nvidiaModule: string | null;
  /** NVIDIA's driver library, without which no program reaches the GPU; null where there is none. */
  readonly libcuda: string | null;
  /** Runs a program to its end. Never rejects: a program that is not there ends with a message too. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Room for us on the disk of a folder, which is made if it is not there. */
  freeBytes(folder: string): Promise<number>;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Last lines that the program wrote on stderr, or why it did not run. */
  readonly message: string;
}

/** The computer that this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: glibcVersion(),
    headerDirs: headerDirs(),
    nvidiaModule: textOf('/proc/driver/nvidia/version'),
    libcuda: libcudaPath(),
    run: runProgram,
    async freeBytes(folder) {
      await mkdir(folder, { recursive: true });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}

function glibcVersion(): string | null {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime ?? null;
}

/** Node's own folder comes first; the npm package node-api-headers serves distributions that split the headers off. */
function headerDirs(): string[] {
  const beside = join(dirname(process.execPath), '..', 'include', 'node');
  return [beside, '/usr/include/node', '/usr/include/nodejs/src', ...packagedHeaders()];
}

function packagedHeaders(): string[] {
  try {
    return [join(dirname(createRequire(__filename).resolve('node-api-headers/package.json')), 'include')];
  } catch {
    return [];
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Debian and the container toolkit, Red Hat, others, WSL, clusters, NixOS. */
const DRIVER_DIRS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/lib/wsl/lib',
  '/usr/local/nvidia/lib64',
  '/run/opengl-driver/lib',
];

function libcudaPath(): string | null {
  const named = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return [...named, ...DRIVER_DIRS].map((folder) => join(folder, 'libcuda.so.1')).find(existsSync) ?? null;
}

/** The first folder that holds node_api.h. */
export function nodeHeaders(machine: Machine): string | undefined {
  return machine.headerDirs.find((folder) => existsSync(join(folder, 'node_api.h')));
}

function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal && { signal: options.signal }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)));
    child.on('error', (error) => resolve({ ok: false, stdout, message: error.message }));
    child.on('close', (code, signal) => {
      const ending = code === null ? `ended by ${signal}` : `exit code ${code}`;
      resolve({ ok: code === 0, stdout, message: stderr.trim().split('\n').slice(-3).join(' ') || ending });
    });
  });
}
