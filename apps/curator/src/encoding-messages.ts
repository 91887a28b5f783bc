import type { Encoding } from './encode-picture';

/** A picture for an encoding thread. */
export interface EncodingQuestion {
  readonly id: number;
  readonly original: Uint8Array;
}

export type EncodingAnswer =
  { readonly id: number; readonly encoding: Encoding } | { readonly id: number; readonly failure: string };
