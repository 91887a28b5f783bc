import type { MessagePort } from 'node:worker_threads';

/** What the thread that runs an ONNX model starts with. */
export interface OnnxStart {
  readonly model: Uint8Array;
  /** Names of the outputs to fetch, in the order in which they are answered. */
  readonly outputs: readonly string[];
  readonly input: string;
  readonly threads: number;
  readonly port: MessagePort;
  /** Raised to 1 after every answer: the asker sleeps on it. */
  readonly flag: Int32Array;
}

/** Sent once when the model is loaded, or cannot be. */
export type OnnxReady = { readonly ready: true } | { readonly failure: string };

export interface OnnxQuestion {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

export interface OnnxTensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

export type OnnxAnswer = { readonly outputs: readonly OnnxTensor[] } | { readonly failure: string };
