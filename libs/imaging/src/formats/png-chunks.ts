const SIGNATURE_BYTES = 8;

/** Writers make chunks of 4 kB or more: so many hold 800 MB. Empty ones take 2.4 MB, and a million of them stop the event loop. */
export const MAX_PNG_CHUNKS = 200_000;

/** Length and type, data, checksum. */
export interface PngChunk {
  /** Types as numbers: no text is made of each. */
  readonly type: number;
  readonly start: number;
  readonly dataBytes: number;
  /** Offset behind it: past the end of the file where that is cut short. */
  readonly end: number;
}

const typeOf = (name: string): number => Buffer.from(name, 'latin1').readUInt32BE(0);

export const IHDR = typeOf('IHDR');
export const IEND = typeOf('IEND');
const COMPRESSED_TEXTS: readonly number[] = [typeOf('zTXt'), typeOf('iTXt')];

/** Of the texts that readers inflate. */
export function isCompressedText({ type }: PngChunk): boolean {
  return COMPRESSED_TEXTS.includes(type);
}

/** A PNG's chunks in their order: IEND is the last, as is one too many. */
export function* pngChunks(file: Uint8Array): Generator<PngChunk> {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let start = SIGNATURE_BYTES;
  for (let count = 0; start + 8 <= data.length && count <= MAX_PNG_CHUNKS; count += 1) {
    const [dataBytes, type] = [data.readUInt32BE(start), data.readUInt32BE(start + 4)];
    const end = start + 12 + dataBytes;
    yield { type, start, dataBytes, end };
    if (type === IEND) return;
    start = end;
  }
}
