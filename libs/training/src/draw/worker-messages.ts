import type { ErrorCode, ImageSource } from '@winnow/contracts';
import type { DrawnPictures, PictureDraw } from './picture-draw';
import type { RenderSettings } from './render-draw';

/** What a drawing thread is started with. */
export interface WorkerStart {
  readonly images: ImageSource;
  readonly settings: RenderSettings;
}

export interface DrawQuestion {
  readonly id: number;
  readonly draws: readonly PictureDraw[];
  /** Memory to use again, handed over. */
  readonly spare: readonly ArrayBuffer[];
}

/** The memory of drawn pictures, to hand it over instead of copying it. */
export function buffersOf(drawn: readonly DrawnPictures[]): ArrayBuffer[] {
  return drawn.flatMap(({ views }) =>
    views.flatMap(({ pixels, normalised }) => [pixels.buffer, ...(normalised ? [normalised.values.buffer] : [])]),
  ) as ArrayBuffer[];
}

export type DrawAnswer =
  | { readonly id: number; readonly drawn: readonly DrawnPictures[] }
  | { readonly id: number; readonly failure: DrawFailure };

/** An error in words: classes do not survive the way between threads. */
export interface DrawFailure {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly where: string | undefined;
  readonly next: string | undefined;
}
