import { availableParallelism } from 'node:os';

import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import { checkInstalled, closeToGroup, thisMachine } from '@winnow/files/native';
import type { EngineChoice, EngineInfo, EngineName, EngineOptions, PassedOver } from './engine';
import { ENGINE_NAMES } from './engine';
import { ensureBinding, installLibtensorflow } from '../install/install-libtensorflow';
import type { LibtensorflowVariant } from '../install/libtensorflow-release';
import {
  downloadBytes,
  installedVariants,
  LIBTENSORFLOW_RELEASES,
  libtensorflowDir,
} from '../install/libtensorflow-release';
import { preferredVariant, whyNoGpu } from '../install/nvidia-gpu';
import { startTensorflow } from './start-tensorflow';
import { startWasm } from './start-wasm';

type Started = Omit<EngineInfo, 'passedOver' | 'name'>;

let current: EngineInfo | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Starts the engine that computes tensors from here on, and logs one line saying which. `auto` takes the fastest that
 * runs; a named one runs or throws. A second call for the same engine (or for `auto`) changes nothing.
 * @throws WinnowError ENGINE_UNAVAILABLE if the named engine does not run here; INTERRUPTED if aborted
 */
export function startEngine(choice: EngineChoice, options: EngineOptions): Promise<EngineInfo> {
  const result = queue.then(() => start(choice, options));
  queue = result.catch(() => undefined);
  return result;
}

async function start(choice: EngineChoice, options: EngineOptions): Promise<EngineInfo> {
  if (current && (choice === 'auto' || choice === current.name)) return current;
  const passedOver: PassedOver[] = [];
  for (const name of choice === 'auto' ? ENGINE_NAMES : [choice]) {
    const started = await tryEngine(name, options);
    if ('reason' in started) {
      passedOver.push(started);
      continue;
    }
    current = { name, ...started, passedOver };
    options.log(engineLine(current));
    return current;
  }
  const reasons = passedOver.map(({ engine, reason }) => `${engine}: ${reason}`).join('; ');
  throw new WinnowError('ENGINE_UNAVAILABLE', `The engine ${choice} does not run here: ${reasons}`, {
    next: 'Run `winnow doctor` to see what it needs, or choose the engine auto.',
  });
}

async function tryEngine(name: EngineName, options: EngineOptions): Promise<Started | PassedOver> {
  try {
    return await STARTERS[name](options);
  } catch (error) {
    if (error instanceof WinnowError && error.code === 'INTERRUPTED') throw error;
    const message = error instanceof Error ? error.message : String(error);
    const next = error instanceof WinnowError && error.next !== undefined ? `. ${error.next}` : '';
    return { engine: name, reason: `${message.split('\n')[0]}${next}` };
  }
}

const STARTERS: Readonly<Record<EngineName, (options: EngineOptions) => Promise<Started>>> = {
  async tensorflow(options) {
    const { cacheDir, install } = options;
    const installed = installedVariants(cacheDir);
    if (installed.length > 0) {
      await closeToGroup(options);
      return startBuild(installed, options);
    }
    if (!install) throw new Error(`libtensorflow is not installed in ${libtensorflowDir(cacheDir)}`);
    // Gigabytes come only where somebody asks for them.
    return startBuild([await installLibtensorflow({ ...options, variant: 'cpu' })], options);
  },
  async wasm() {
    return { version: await startWasm(), device: 'cpu', threads: 1 };
  },
  async cpu() {
    if (!(await tf.setBackend('cpu'))) throw new Error('the JavaScript backend did not initialise');
    // It would print an advertisement for tfjs-node at its first tensor.
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    return { version: tf.version['tfjs-core'], device: 'cpu', threads: 1 };
  },
};

/** Starts the first of the builds that loads. */
async function startBuild(
  [build, ...others]: readonly LibtensorflowVariant[],
  options: EngineOptions,
): Promise<Started> {
  if (build === undefined) throw new Error('no build of libtensorflow is left');
  try {
    await ensureBinding(options, build);
    await checkInstalled({ folder: libtensorflowDir(options.cacheDir, build), cacheDir: options.cacheDir });
    const { version, device, said } = await startTensorflow(options.cacheDir, build);
    const withoutGpu = device === 'cpu' ? reasonWithoutGpu(build, said) : null;
    return { version, device, build, threads: availableParallelism(), ...(withoutGpu !== null && { withoutGpu }) };
  } catch (error) {
    if (others.length === 0) throw error;
    const started = await startBuild(others, options);
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { ...started, withoutGpu: `the ${build.toUpperCase()} build does not start: ${reason}` };
  }
}

function reasonWithoutGpu(build: LibtensorflowVariant, said: string): string | null {
  const machine = thisMachine();
  if (build === 'cuda') return `the CUDA build found no GPU: ${whyNoGpu(machine, said)}`;
  if (preferredVariant(machine) === 'cpu') return null;
  const gigabytes = (downloadBytes(LIBTENSORFLOW_RELEASES.cuda) / 1e9).toFixed(1);
  return `an NVIDIA driver is here: \`winnow doctor --install --variant cuda\` fetches the build for it (${gigabytes} GB)`;
}

function engineLine({ name, version, device, threads, passedOver, withoutGpu }: EngineInfo): string {
  const index = device === 'cuda' ? 'CUDA' : `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const reasons = passedOver.map(({ engine, reason }) => `${engine} was passed over: ${reason}`);
  return [`Engine: ${name} ${version} (${index})`, ...reasons, ...(withoutGpu ? [withoutGpu] : [])].join('; ');
}
