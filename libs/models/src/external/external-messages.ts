import type { MessagePort } from 'node:worker_threads';

/** What the thread that passes messages on to the process of an ONNX model starts with. */
export interface NetworkThreadData {
  readonly port: MessagePort;
  /** Raised to 1 after every reply: the main thread sleeps on it. */
  readonly flag: Int32Array;
}

/** What the process may use for one request. */
interface NetworkLimits {
  readonly maxMillis: number;
  /** Resident memory of the whole process. */
  readonly maxBytes: number;
}

/** The first request, with the network: the reply to it has no outputs. */
interface OnnxStart {
  readonly start: {
    readonly kind: 'onnx';
    readonly model: Uint8Array;
    /** Names of the outputs to fetch, in the order of every reply. */
    readonly outputs: readonly string[];
    readonly input: string;
    /** It takes float16. */
    readonly isHalf: boolean;
    readonly threads: number;
  };
}

/** The first request with a TF.js network, which is tried only: no reply has outputs. */
interface TfjsStart {
  readonly start: {
    readonly kind: 'tfjs-layers' | 'tfjs-graph';
    /** What computes it: TFJS_ONCE of @winnow/tensor. */
    readonly script: string;
    readonly json: Readonly<Record<string, unknown>>;
    readonly weights: Uint8Array;
    readonly outputs: readonly string[];
  };
}

export type NetworkStart = OnnxStart['start'] | TfjsStart['start'];

export interface NetworkTensor {
  /** Bits of float16 in a Uint16Array. */
  readonly values: Float32Array | Uint16Array;
  readonly shape: readonly number[];
}

/** Images in, outputs out. */
export type NetworkRequest = ({ readonly start: NetworkStart } | NetworkTensor) & NetworkLimits;

export type NetworkReply =
  | { readonly outputs: readonly NetworkTensor[] }
  | { readonly failure: string }
  /** The process was ended. */
  | { readonly exceeded: 'time' | 'memory' };
