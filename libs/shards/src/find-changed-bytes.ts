import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { stableJson } from '@winnow/files';
import type { StoredSample } from './manifest/build-manifest';
import { readMember } from './read/read-member';
import { BLOCK_BYTES, END_BYTES, paddedBytes } from './tar/tar-block';
import { encodeTarHeader } from './tar/tar-header';

/** Bytes of a shard that are not what they were. */
export interface ChangedBytes {
  /** Of the sample that they belong to; null for the end mark. */
  readonly key: string | null;
  readonly part: 'image' | 'label' | 'record' | 'header' | 'padding' | 'end mark';
  /** First and last that differ, from the beginning of the shard. */
  readonly from: number;
  readonly to: number;
}

/** The bytes that an image had; null where they cannot be told. */
export type ExpectedImage = (sample: StoredSample) => Promise<Uint8Array | null>;

/**
 * Compares a shard of the right size with what samples.jsonl says it holds, to tell where it was changed. Labels,
 * records and the tar itself follow from samples.jsonl; images are asked for, but for those that are originals.
 * @param samples of this shard, in its order
 */
export async function findChangedBytes(
  path: string,
  samples: readonly StoredSample[],
  expectedImage: ExpectedImage,
): Promise<ChangedBytes[]> {
  const file = await open(path, 'r');
  try {
    const changed: ChangedBytes[] = [];
    let end = 0;
    for (const sample of samples) {
      let at = sample.offset - BLOCK_BYTES;
      for (const piece of piecesOf(sample)) {
        const actual = await readMember(file, at, piece.length, path);
        const expected = piece.bytes ?? (await knownImage(sample, actual, expectedImage));
        const difference = expected === null ? null : differenceOf(actual, expected);
        if (difference !== null) {
          changed.push({ key: sample.key, part: piece.part, from: at + difference.from, to: at + difference.to });
        }
        at += piece.length;
      }
      end = at;
    }
    const difference = differenceOf(await readMember(file, end, END_BYTES, path), Buffer.alloc(END_BYTES));
    if (difference !== null) {
      changed.push({ key: null, part: 'end mark', from: end + difference.from, to: end + difference.to });
    }
    return changed;
  } finally {
    await file.close();
  }
}

interface Piece {
  readonly part: ChangedBytes['part'];
  readonly length: number;
  /** Null for the image. */
  readonly bytes: Buffer | null;
}

/** What lies one after the other, from the header of the image on. */
function piecesOf(stored: StoredSample): readonly Piece[] {
  const { split: _split, shard: _shard, extension, offset: _offset, length, ...record } = stored;
  const { key, label } = record;
  return [
    ...memberPieces(`${key}.${extension}`, 'image', { length, bytes: null }),
    ...memberPieces(`${key}.cls`, 'label', whole(String(label))),
    ...memberPieces(`${key}.json`, 'record', whole(stableJson(record))),
  ];
}

function whole(text: string): Pick<Piece, 'length' | 'bytes'> {
  const bytes = Buffer.from(text);
  return { length: bytes.length, bytes };
}

function memberPieces(name: string, part: Piece['part'], content: Pick<Piece, 'length' | 'bytes'>): readonly Piece[] {
  const padding = Buffer.alloc(paddedBytes(content.length) - content.length);
  return [
    { part: 'header', length: BLOCK_BYTES, bytes: encodeTarHeader(name, content.length) },
    { part, ...content },
    { part: 'padding', length: padding.length, bytes: padding },
  ];
}

/** An image that is its original has the original's digest: then it is as it was. */
async function knownImage(
  sample: StoredSample,
  actual: Buffer,
  expectedImage: ExpectedImage,
): Promise<Uint8Array | null> {
  const isOriginal = createHash('sha256').update(actual).digest('hex') === sample.sha256;
  return isOriginal ? actual : expectedImage(sample);
}

/** Places of the first and last byte that differ; all of it where the lengths do. */
function differenceOf(actual: Uint8Array, expected: Uint8Array): { readonly from: number; readonly to: number } | null {
  if (actual.length !== expected.length) return { from: 0, to: Math.max(0, actual.length - 1) };
  if (Buffer.compare(actual, expected) === 0) return null;
  const from = actual.findIndex((byte, index) => byte !== expected[index]);
  return { from, to: actual.findLastIndex((byte, index) => byte !== expected[index]) };
}
