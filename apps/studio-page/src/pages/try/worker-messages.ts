import type { StudentFacts } from './student';

/** What the page asks its worker, and what it answers; requests are numbered, answers bear the number. */
export interface WorkerRequests {
  readonly load: { readonly ask: { readonly weights: ArrayBuffer }; readonly answer: LoadedStudent };
  /** A file of an image: squared here, then asked about. */
  readonly image: { readonly ask: { readonly file: Blob }; readonly answer: StudentAnswer };
  /** A square of the size that the student sees, RGB. */
  readonly square: { readonly ask: { readonly square: Uint8Array }; readonly answer: StudentAnswer };
  readonly occlusion: {
    readonly ask: { readonly square: Uint8Array; readonly temperature: number };
    readonly answer: Float32Array;
  };
}

export interface LoadedStudent extends StudentFacts {
  /** What computes, in words. */
  readonly backend: string;
}

export interface StudentAnswer {
  /** What the student saw, RGB, [size, size, 3]. */
  readonly square: Uint8Array;
  /** [classes] */
  readonly logits: Float32Array;
  /** Of the network alone. */
  readonly millis: number;
  /** Of the file, upright, pixels; null where a square was given. */
  readonly from: { readonly width: number; readonly height: number } | null;
}

export type WorkerAsk = {
  [Kind in keyof WorkerRequests]: {
    readonly id: number;
    readonly kind: Kind;
    readonly ask: WorkerRequests[Kind]['ask'];
  };
}[keyof WorkerRequests];

export type WorkerAnswer =
  | { readonly id: number; readonly answer: WorkerRequests[keyof WorkerRequests]['answer'] }
  | { readonly id: number; readonly error: string };
