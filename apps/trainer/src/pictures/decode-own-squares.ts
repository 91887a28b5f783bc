import { isWinnowError, requireUninterrupted, WinnowError } from '@winnow/contracts';
import { squareOrReason, unusablePicture } from './decode-own-picture';
import type { SquarePolicy } from './square-as-learnt';

/** One of a person's pictures, not opened yet. */
export interface OwnPicture {
  /** Names it in errors. */
  readonly where: string;
  read(): Promise<Uint8Array>;
}

interface SquareOptions {
  /** Side, pixels. */
  readonly size: number;
  readonly resize: SquarePolicy;
  /** To fill: RGB, [pictures.length, size, size, 3]. */
  readonly pixels: Uint8Array;
  /** Where they come from, for an error about several. */
  readonly source: string;
  readonly signal?: AbortSignal;
}

interface Unusable {
  readonly where: string;
  readonly reason: string;
}

const AT_ONCE = 8;
const MOST_NAMED = 10;

/**
 * Fills `pixels` with a person's pictures as the squares that a network sees. All of them are looked at before it
 * refuses, so that a person need not come back for each.
 * @throws WinnowError IMAGE_UNREADABLE counting those that cannot be used and naming the first; INTERRUPTED; as read
 */
export async function decodeOwnSquares(pictures: readonly OwnPicture[], options: SquareOptions): Promise<void> {
  const { size, pixels, signal } = options;
  const unusable: Unusable[] = [];
  for (let from = 0; from < pictures.length; from += AT_ONCE) {
    if (signal) requireUninterrupted(signal, `Stopped after reading ${from} of ${pictures.length} labelled pictures`);
    const batch = pictures.slice(from, from + AT_ONCE);
    const squares = await Promise.all(batch.map((picture) => squareOf(picture, options)));
    squares.forEach((square, index) => {
      if (typeof square !== 'string') pixels.set(square, (from + index) * size * size * 3);
      else unusable.push({ where: (batch[index] as OwnPicture).where, reason: square });
    });
  }
  if (unusable.length > 0) throw unusableError(unusable, { count: pictures.length, source: options.source });
}

/** Its pixels, or what is wrong with it. */
async function squareOf(picture: OwnPicture, { size, resize, signal }: SquareOptions): Promise<Uint8Array | string> {
  const bytes = await picture.read().catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (isWinnowError(error) || code === undefined) throw error;
    return code;
  });
  if (typeof bytes === 'string') return `unreadable: ${bytes}`;
  return squareOrReason(bytes, { size, resize }, signal);
}

function unusableError(
  unusable: readonly Unusable[],
  { count, source }: { readonly count: number; readonly source: string },
): WinnowError {
  const [first] = unusable as readonly [Unusable];
  if (unusable.length === 1) return unusablePicture(first.reason, first.where);
  const named = unusable.slice(0, MOST_NAMED).map(({ where, reason }) => `${where} (${reason})`);
  const more = unusable.length > MOST_NAMED ? [`and ${unusable.length - MOST_NAMED} more`] : [];
  return new WinnowError(
    'IMAGE_UNREADABLE',
    `${unusable.length} of ${count} pictures cannot be used: ${[...named, ...more].join('; ')}`,
    { where: source, next: 'Remove, replace or repair them.' },
  );
}
