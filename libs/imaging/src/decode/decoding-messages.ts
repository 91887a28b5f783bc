/** What a decoding process can do, by the exported function that it stands for. */
export type DecodingTask = 'inspect' | 'analyse' | 'decode' | 'jpeg' | 'reduced' | 'region' | 'square';

/** To a decoding process, one at a time. */
export interface DecodingRequest {
  readonly task: DecodingTask;
  readonly bytes: Uint8Array;
  /** Of the task, without functions and signals. */
  readonly argument: unknown;
}

/** From a decoding process: first that it is ready, then one for each request. */
export type DecodingReply =
  | { readonly ready: true }
  /** `residentBytes`: what it holds after its work. */
  | { readonly result: unknown; readonly residentBytes: number }
  | { readonly failure: string };
