import { streamTar } from '@winnow/shards';
import type { ReadPicture } from './import-source';
import { tooLarge } from './read-listed-file';

/** The files of one key of a WebDataset tar: a picture and what is said about it. */
export interface TarSample {
  readonly key: string;
  readonly picture: ReadPicture | null;
  /** Text of the file with this extension. */
  readonly texts: ReadonlyMap<string, string>;
}

export const PICTURE_EXTENSIONS: ReadonlySet<string> = new Set([
  'jpg',
  'jpeg',
  'png',
  'webp',
  'gif',
  'avif',
  'tif',
  'tiff',
  'bmp',
  'ppm',
  'svg',
]);
export const TEXT_EXTENSIONS: ReadonlySet<string> = new Set(['cls', 'txt', 'json']);
const MAX_TEXT_BYTES = 1_000_000;

/**
 * Groups the files of a tar by key, as WebDataset does: the name up to the first dot, files of one key one after the
 * other. @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID
 */
export async function* readSamples(
  tar: string,
  { maxBytes, pictures }: { readonly maxBytes: number; readonly pictures: boolean },
): AsyncGenerator<TarSample> {
  let sample: { key: string; picture: ReadPicture | null; texts: Map<string, string> } | undefined;
  const wanted = (name: string): boolean =>
    TEXT_EXTENSIONS.has(splitKey(name).extension) || (pictures && PICTURE_EXTENSIONS.has(splitKey(name).extension));
  for await (const { name, sizeBytes, bytes } of streamTar(tar, { maxBytes, wanted })) {
    const { key, extension } = splitKey(name);
    if (sample !== undefined && sample.key !== key) {
      yield sample;
      sample = undefined;
    }
    sample ??= { key, picture: null, texts: new Map() };
    if (PICTURE_EXTENSIONS.has(extension)) {
      sample.picture ??= bytes === null ? tooLarge(sizeBytes, maxBytes) : { ok: true, bytes };
    } else if (bytes !== null && TEXT_EXTENSIONS.has(extension) && bytes.length <= MAX_TEXT_BYTES) {
      sample.texts.set(extension, bytes.toString('utf8'));
    }
  }
  if (sample !== undefined) yield sample;
}

function splitKey(name: string): { readonly key: string; readonly extension: string } {
  const plain = name.replace(/^\.\//, '');
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  return dot < 0
    ? { key: plain, extension: '' }
    : { key: plain.slice(0, dot), extension: plain.slice(dot + 1).toLowerCase() };
}
