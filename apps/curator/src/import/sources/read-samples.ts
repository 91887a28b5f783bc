import { streamTar } from '@winnow/shards';
import type { StreamedMember } from '@winnow/shards';
import { unusable } from './class-namer';
import type { ReadImage, Refusal } from './import-source';
import { tooLarge } from './read-listed-file';

/** The files of one key of a WebDataset tar: an image and what is said about it. */
export interface TarSample {
  readonly key: string;
  readonly image: ReadImage | null;
  /** Why there is no image, where there is none. */
  readonly refusal: Refusal;
  /** Text of the file with this extension. */
  readonly texts: ReadonlyMap<string, string>;
}

export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
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
/** They are held until the key ends. */
const MOST_OTHERS = 16;

/**
 * Groups the files of a tar by key, as WebDataset does: the name up to the first dot, files of one key one after the
 * other. Further images of a key of which nothing is said beside them are samples of their own: names may hold dots. @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID
 */
export async function* readSamples(
  tar: string,
  { maxBytes, images }: { readonly maxBytes: number; readonly images: boolean },
): AsyncGenerator<TarSample> {
  let sample: OpenSample | undefined;
  const wanted = (name: string): boolean =>
    TEXT_EXTENSIONS.has(splitKey(name).extension) || (images && IMAGE_EXTENSIONS.has(splitKey(name).extension));
  for await (const member of streamTar(tar, { maxBytes, wanted, special: true })) {
    const { key } = splitKey(member.name);
    if (sample !== undefined && (sample.key !== key || sample.others.length === MOST_OTHERS)) {
      yield* samplesOf(sample);
      sample = undefined;
    }
    sample ??= { key, image: null, refusal: noImage, texts: new Map(), dotted: new Set(), others: [] };
    addMember(sample, member, maxBytes);
  }
  if (sample !== undefined) yield* samplesOf(sample);
}

function samplesOf(sample: OpenSample): readonly TarSample[] {
  return sample.texts.size === 0 ? [sample, ...sample.others] : [sample];
}

interface OpenSample {
  readonly key: string;
  image: ReadImage | null;
  refusal: Refusal;
  readonly texts: Map<string, string>;
  /** Of what came from names such as a.image.png: gives way to a.png. */
  readonly dotted: Set<string>;
  /** Its further images. */
  readonly others: TarSample[];
}

export const noImage = unusable('no image among its files');

function addMember(sample: OpenSample, { name, sizeBytes, bytes, special }: StreamedMember, maxBytes: number): void {
  const { extension, isDotted } = splitKey(name);
  const isImage = IMAGE_EXTENSIONS.has(extension);
  if (special !== undefined) {
    sample.refusal = unusable(`a ${special} in the tar, where a plain file is needed`);
    return;
  }
  const role = isImage ? 'image' : extension;
  const isTaken = isImage ? sample.image !== null : sample.texts.has(extension);
  const image: ReadImage = bytes === null ? tooLarge(sizeBytes, maxBytes) : { ok: true, bytes };
  if (isTaken && (isDotted || !sample.dotted.has(role))) {
    const plain = name.replace(/^\.\//, '');
    const key = isDotted ? plain.slice(0, -extension.length - 1) : plain;
    if (isImage) sample.others.push({ key, image, refusal: noImage, texts: new Map() });
    return;
  }
  if (isImage) sample.image = image;
  else if (bytes !== null && TEXT_EXTENSIONS.has(extension) && bytes.length <= MAX_TEXT_BYTES) {
    sample.texts.set(extension, bytes.toString('utf8'));
  } else return;
  if (isDotted) sample.dotted.add(role);
  else sample.dotted.delete(role);
}

/** The key ends at the first dot; the last part of the rest tells what a file is. */
function splitKey(name: string): { readonly key: string; readonly extension: string; readonly isDotted: boolean } {
  const plain = name.replace(/^\.\//, '');
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  return dot < 0
    ? { key: plain, extension: '', isDotted: false }
    : {
        key: plain.slice(0, dot),
        extension: plain.slice(plain.lastIndexOf('.') + 1).toLowerCase(),
        isDotted: plain.lastIndexOf('.') > dot,
      };
}
