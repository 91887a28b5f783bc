import { isWinnowError, requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { SquarePolicy } from '@winnow/contracts';
import { decodeImage, decodeReduced, USER_IMAGE_LIMITS } from '@winnow/imaging';
import type { ImageRefusal, RgbImage } from '@winnow/imaging';

/** One of a person's images. @param where names it in the error @throws WinnowError IMAGE_UNREADABLE */
export async function decodeUserImage(bytes: Uint8Array, where: string): Promise<RgbImage> {
  const decoded = await decodeImage(bytes, USER_IMAGE_LIMITS);
  if (decoded.ok) return decoded.image;
  throw unusableImage(reasonOf(decoded), where);
}

/** One of a person's images as a square, RGB, [size, size, 3], or why it cannot be used. @throws WinnowError INTERRUPTED */
async function squareOrReason(
  bytes: Uint8Array,
  { size, resize }: { readonly size: number; readonly resize: SquarePolicy },
  signal?: AbortSignal,
): Promise<Uint8Array | string> {
  const reduction = { kind: 'resize', size, policy: resize } as const;
  const square = await decodeReduced(bytes, USER_IMAGE_LIMITS, reduction, signal);
  return square.ok ? square.image.data : reasonOf(square);
}

function reasonOf({ outcome, detail }: ImageRefusal): string {
  return `${outcome}: ${detail}`;
}

/** @param where names the image */
function unusableImage(reason: string, where: string): WinnowError {
  return new WinnowError('IMAGE_UNREADABLE', `An image cannot be used, ${reason}`, {
    where,
    next: 'Remove, replace or repair it.',
  });
}

/**
 * One of a person's images as the square that a network sees, RGB, [size, size, 3].
 * @throws WinnowError IMAGE_UNREADABLE, INTERRUPTED
 */
export async function decodeUserSquare(
  bytes: Uint8Array,
  { size, resize, where }: { readonly size: number; readonly resize: SquarePolicy; readonly where: string },
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const square = await squareOrReason(bytes, { size, resize }, signal);
  if (typeof square === 'string') throw unusableImage(square, where);
  return square;
}

/** One of a person's images, not opened yet. */
export interface UserImage {
  /** Names it in errors. */
  readonly where: string;
  read(): Promise<Uint8Array>;
}

interface SquareOptions {
  /** Side, pixels. */
  readonly size: number;
  readonly resize: SquarePolicy;
  /** To fill: RGB, [images.length, size, size, 3]. */
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
const MAX_NAMED = 10;

/**
 * Fills `pixels` with a person's images as the squares that a network sees. All of them are looked at before it
 * refuses, so that a person need not come back for each.
 * @throws WinnowError IMAGE_UNREADABLE counting those that cannot be used and naming the first; INTERRUPTED; as read
 */
export async function decodeUserSquares(images: readonly UserImage[], options: SquareOptions): Promise<void> {
  const { size, pixels, signal } = options;
  const unusable: Unusable[] = [];
  for (let from = 0; from < images.length; from += AT_ONCE) {
    if (signal) requireUninterrupted(signal, `Stopped after reading ${from} of ${images.length} labelled images`);
    const batch = images.slice(from, from + AT_ONCE);
    const squares = await Promise.all(batch.map((image) => squareOf(image, options)));
    squares.forEach((square, index) => {
      if (typeof square !== 'string') pixels.set(square, (from + index) * size * size * 3);
      else unusable.push({ where: (batch[index] as UserImage).where, reason: square });
    });
  }
  if (unusable.length > 0) throw unusableError(unusable, { count: images.length, source: options.source });
}

/** Its pixels, or what is wrong with it. */
async function squareOf(image: UserImage, { size, resize, signal }: SquareOptions): Promise<Uint8Array | string> {
  const bytes = await image.read().catch((error: unknown) => {
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
  if (unusable.length === 1) return unusableImage(first.reason, first.where);
  const named = unusable.slice(0, MAX_NAMED).map(({ where, reason }) => `${where} (${reason})`);
  const more = unusable.length > MAX_NAMED ? [`and ${unusable.length - MAX_NAMED} more`] : [];
  return new WinnowError(
    'IMAGE_UNREADABLE',
    `${unusable.length} of ${count} images cannot be used: ${[...named, ...more].join('; ')}`,
    { where: source, next: 'Remove, replace or repair them.' },
  );
}
