import { Semaphore } from '@winnow/contracts';
import { TOOK_TOO_LONG } from './classify-failure';
import { decodingCost, MAX_BYTES_PER_PIXEL } from './decoding-cost';
import type { DecodingCost } from './decoding-cost';
import type { DecodingTask } from './decoding-messages';
import { DecodingProcesses } from './decoding-processes';
import { firstFrame } from '../formats/first-frame';
import { isImageFormat } from '../formats/image-format';
import type { ImageFormat } from '../formats/image-format';
import { limitsOf, refuse } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import { inspectHere } from './inspect-image';
import type { ImageHeader } from './inspect-image';
import { sniffFormat } from '../formats/sniff-format';
import { withoutTexts } from '../formats/without-texts';

/** Memory that images take which are decoded at once in one thread; a larger one is decoded alone. */
const MAX_DECODED_BYTES = 512_000_000;

const budget = new Semaphore(MAX_DECODED_BYTES);
const processes = new DecodingProcesses();

/** One decode, in either of two ways that give the same. */
export interface BoundedDecode<T> {
  readonly limits: ImageLimits;
  /** In this thread. */
  readonly here: (bytes: Uint8Array) => Promise<T | ImageRefusal>;
  /** In a process of its own. */
  readonly task: DecodingTask;
  /** For that process; what it throws is passed on. */
  readonly argumentOf: (header: ImageHeader) => unknown;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes untrusted bytes within limits: few enough images at once for the memory that they take, callers in the order
 * in which they came, and each within a time limit that holds. What is cheap by its header is decoded in this thread's
 * library; all else in a process, which is ended when its time is up, and so is what took the library too long: it counts the time in
 * which this program stood still. Of several frames only the first is handed on.
 * @throws WinnowError INTERRUPTED
 */
export async function boundedDecode<T>(
  file: Uint8Array,
  { limits, here, task, argumentOf, signal }: BoundedDecode<T>,
): Promise<T | ImageRefusal> {
  const format = sniffFormat(file);
  // Refused by whoever looks at it next.
  if (!isImageFormat(format)) return here(file);
  const cost = affordableCost(file, format, limits);
  if (cost !== null && 'ok' in cost) return cost;
  const bytes = neededPart(file, format);
  if (cost?.isCheap === true) {
    const found = await budget.run(() => here(bytes), cost.memoryBytes, signal);
    if (!tookTooLong(found)) return found;
  }
  const header = await inspectFormat(bytes, format, { cost, limits, signal });
  if (!header.ok) return header;
  const request = { task, bytes, argument: argumentOf(header) };
  const memoryBytes = cost?.memoryBytes ?? header.width * header.height * MAX_BYTES_PER_PIXEL;
  return budget.run(() => processes.run<T>(request, signal), memoryBytes, signal);
}

/** Where the limits are passed, so much that waiting for room would be in vain: refused at once. */
function affordableCost(bytes: Uint8Array, format: ImageFormat, { maxPixels }: ImageLimits) {
  const cost = decodingCost(bytes, format);
  if (cost === null || 'ok' in cost || cost.width * cost.height <= maxPixels) return cost;
  return refuse('too_many_pixels', `${cost.width}x${cost.height} is more than ${maxPixels} pixels`);
}

/**
 * Reads an image's header without decoding it.
 * @returns the header, or a refusal: `empty_body`, `not_an_image`, `format_refused` (SVG, HEIC, rare kinds of BMP and others),
 * `too_many_pixels`, `too_small` (also for banners), or `truncated` or `decode_error` where the header cannot be read
 * @throws WinnowError INTERRUPTED
 */
export async function inspectImage(
  bytes: Uint8Array,
  limits: ImageLimits,
  signal?: AbortSignal,
): Promise<ImageHeader | ImageRefusal> {
  const format = sniffFormat(bytes);
  if (!isImageFormat(format)) return inspectHere(bytes, limits);
  const cost = affordableCost(bytes, format, limits);
  if (cost !== null && 'ok' in cost) return cost;
  return inspectFormat(neededPart(bytes, format), format, { cost, limits, signal });
}

/** What decoders would list or inflate for nothing is left out. */
function neededPart(bytes: Uint8Array, format: ImageFormat): Uint8Array {
  return format === 'png' ? withoutTexts(bytes) : firstFrame(bytes, format);
}

interface Inspecting {
  readonly cost: DecodingCost | null;
  readonly limits: ImageLimits;
  readonly signal: AbortSignal | undefined;
}

/** Readers list whatever a file holds, however much that is; but a JPEG's header ends at the first scan. */
function inspectFormat(
  bytes: Uint8Array,
  format: ImageFormat,
  { cost, limits, signal }: Inspecting,
): Promise<ImageHeader | ImageRefusal> {
  return cost === null && format !== 'jpeg'
    ? processes.run({ task: 'inspect', bytes, argument: limitsOf(limits) }, signal)
    : inspectHere(bytes, limits);
}

/**
 * Has another thread decode an image within this one's budget, so that all of them share it. What is not cheap stays
 * here, and so goes to this thread's processes.
 * @throws WinnowError INTERRUPTED
 */
export async function decodeOnThread<T>(
  bytes: Uint8Array,
  { onThread, here }: { readonly onThread: () => Promise<T>; readonly here: () => Promise<T> },
  signal?: AbortSignal,
): Promise<T> {
  const format = sniffFormat(bytes);
  const cost = isImageFormat(format) ? decodingCost(bytes, format) : null;
  if (cost === null || 'ok' in cost || !cost.isCheap) return here();
  const found = await budget.run(onThread, cost.memoryBytes, signal);
  return tookTooLong(found) ? here() : found;
}

function tookTooLong(found: unknown): boolean {
  return typeof found === 'object' && found !== null && 'detail' in found && found.detail === TOOK_TOO_LONG;
}
