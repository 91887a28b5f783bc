import { endsTooEarly } from '../formats/ends-too-early';
import { MAX_DECODE_SECONDS, refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';
import type { ImageFormat } from '../formats/image-format';

/** The detail of a refusal. */
export const TOOK_TOO_LONG = `decoding took more than ${MAX_DECODE_SECONDS} s`;

/** What a decoder's error says of an image. */
export function classifyFailure(error: unknown, bytes: Uint8Array, format: ImageFormat): ImageRefusal {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  if (/pixel limit/i.test(message)) return refuse('too_many_pixels', message);
  if (/^timeout:/.test(message)) return refuse('decode_error', TOOK_TOO_LONG);
  const isShort = /premature|truncat|unexpected end|end of (?:file|stream|input)|bad seek/i.test(message);
  return refuse(isShort || endsTooEarly(bytes, format) ? 'truncated' : 'decode_error', message);
}
