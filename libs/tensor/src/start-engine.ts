import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import type { EngineChoice, EngineInfo, EngineName, EngineOptions, PassedOver } from './engine';
import { ENGINE_NAMES } from './engine';
import { installLibtensorflow } from './install-libtensorflow';
import { libtensorflowDir, markerPath } from './libtensorflow-release';
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
    return { engine: name, reason: message.split('\n')[0] as string };
  }
}

const STARTERS: Readonly<Record<EngineName, (options: EngineOptions) => Promise<Started>>> = {
  async tensorflow(options) {
    if (!existsSync(markerPath(options.cacheDir))) {
      if (!options.install) throw new Error(`libtensorflow is not installed in ${libtensorflowDir(options.cacheDir)}`);
      await installLibtensorflow(options);
    }
    return { ...(await startTensorflow(options.cacheDir)), threads: availableParallelism() };
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

function engineLine({ name, version, device, threads, passedOver }: EngineInfo): string {
  const place = device === 'cuda' ? 'CUDA' : `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const reasons = passedOver.map(({ engine, reason }) => `${engine} was passed over: ${reason}`);
  return [`Engine: ${name} ${version} (${place})`, ...reasons].join('; ');
}
