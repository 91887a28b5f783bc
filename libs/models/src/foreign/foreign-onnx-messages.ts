import type { MessagePort } from 'node:worker_threads';

/** What the thread that passes messages on to the process of an ONNX model starts with. */
export interface OnnxThreadData {
  readonly port: MessagePort;
  /** Raised to 1 after every reply: the main thread sleeps on it. */
  readonly flag: Int32Array;
}

/** What the process may use for one request. */
export interface OnnxLimits {
  readonly maxMillis: number;
  /** Resident memory of the whole process. */
  readonly maxBytes: number;
}

/** The first request: the reply to it has no outputs. */
export interface OnnxStart {
  readonly start: {
    readonly model: Uint8Array;
    /** Names of the outputs to fetch, in the order of every reply. */
    readonly outputs: readonly string[];
    readonly input: string;
    readonly threads: number;
  };
}

export interface OnnxTensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Images in, outputs out. */
export type OnnxRequest = (OnnxStart | OnnxTensor) & OnnxLimits;

export type OnnxReply =
  | { readonly outputs: readonly OnnxTensor[] }
  | { readonly failure: string }
  /** The process was ended. */
  | { readonly exceeded: 'time' | 'memory' };
