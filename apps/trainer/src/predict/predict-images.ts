import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { isWinnowError } from '@winnow/contracts';
import type { ImageSet, SquarePolicy } from '@winnow/contracts';
import { predict } from '@winnow/training';
import type { FrozenNetwork } from '@winnow/training';
import { decodeUserSquare } from '../data/decode-user-images';
import type { LoadedNetwork } from '../teacher/load-teacher';
import { STANDARD_INPUT } from './standard-input';

/** What a network says of one image file, or why it was not asked. */
export type ImageOutput =
  | { readonly file: string; readonly ranked: readonly RankedClass[] }
  | { readonly file: string; readonly error: string };

/** Asks about one image after the other, in their order; ends early where the signal is aborted. */
export async function* predictImages(
  network: Pick<LoadedNetwork, 'frozen' | 'classes' | 'input'>,
  files: readonly { readonly file: string; readonly path: string }[],
  { resize, signal }: { readonly resize: SquarePolicy; readonly signal: AbortSignal },
): AsyncGenerator<ImageOutput> {
  const { classes, frozen } = network;
  const { size } = network.input;
  for (const { file, path } of files) {
    // Lets signals in.
    await setImmediate();
    if (signal.aborted) return;
    const pixels = await squareOf(path, { size, resize, signal });
    if (pixels === null) return;
    if (typeof pixels === 'string') {
      yield { file, error: pixels };
      continue;
    }
    const one: ImageSet = { count: 1, size, pixels, keys: [file], labels: new Int32Array(1), classes };
    const logits = await logitsOf(frozen, one);
    yield typeof logits === 'string' ? { file, error: logits } : { file, ranked: rankClasses(logits, classes) };
  }
}

/** Of one image; or what is wrong with them. */
async function logitsOf(network: FrozenNetwork, one: ImageSet): Promise<Float32Array | string> {
  return predict(network, one, { features: false })
    .then(({ logits }) => logits)
    .catch((error: unknown) => {
      if (isWinnowError(error) && error.code === 'DATA_CORRUPT') return error.message;
      throw error;
    });
}

/** Its pixels, or what is wrong with it; null where it was stopped. */
async function squareOf(
  path: string,
  { size, resize, signal }: { readonly size: number; readonly resize: SquarePolicy; readonly signal: AbortSignal },
): Promise<Uint8Array | string | null> {
  const bytes = await (path === STANDARD_INPUT ? buffer(process.stdin) : readFile(path)).catch(() => null);
  if (bytes === null) return 'cannot be read';
  return decodeUserSquare(bytes, { size, resize, where: path }, signal).catch((error: unknown) => {
    if (isWinnowError(error) && error.code === 'IMAGE_UNREADABLE') return error.message;
    if (isWinnowError(error) && error.code === 'INTERRUPTED') return null;
    throw error;
  });
}

/** A class and its probability, 0..1. */
export interface RankedClass {
  readonly className: string;
  readonly probability: number;
}

/** Softmax, most probable first. @param logits [classes] */
export function rankClasses(logits: ArrayLike<number>, classes: readonly string[]): RankedClass[] {
  const values = Array.from(logits);
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = values.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights
    .map((weight, index) => ({ className: classes[index] as string, probability: weight / sum }))
    .sort((a, b) => b.probability - a.probability);
}
