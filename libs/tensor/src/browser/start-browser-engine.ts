import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import simdFile from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

/** The backend asks for one of these by what the browser can do; it is told which that is. */
const FILES = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;

/**
 * Starts WebAssembly with one thread: more would take workers made of text, which the page's policy forbids.
 * @returns the engine in words
 * @throws Error where the browser has no WebAssembly with SIMD, or the file cannot be loaded
 */
export async function startBrowserEngine(): Promise<string> {
  if ((await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) !== true) {
    throw new Error('This browser has no WebAssembly with SIMD.');
  }
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(Object.fromEntries(FILES.map((name) => [name, simdFile])));
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start: its file could not be loaded.');
  return `WebAssembly ${version_wasm}, SIMD, one thread`;
}
