import type { SampleRecord } from '@winnow/contracts';
import type { ShardSample } from '@winnow/shards';
import type { BlobStore } from '@winnow/store';
import { unreadableAfterAll } from '../build/decode-originals';
import { unchangedImage } from './encode-image';
import type { EncodedImage } from './encode-image';
import type { ImageEncoder } from './encoding-threads';
import type { ReusableImage, ReusableImages } from './reusable-images';

/** What images of a data set are made with. */
export interface ImageMaker {
  readonly originals: BlobStore;
  readonly encoder: ImageEncoder;
  readonly reusable: ReusableImages;
  /** Images under way at once, which bounds the memory that they take. */
  readonly atOnce: number;
  /** Told of every image that was encoded before. */
  readonly onReused: (from: ReusableImage['from']) => void;
}

/**
 * Samples with their encoded images, in the order of the records, while the next ones are under way.
 * @throws WinnowError DATA_CORRUPT where an original is gone, was changed or can no longer be decoded
 */
export async function* encodeSamples(
  records: readonly SampleRecord[],
  from: number,
  maker: ImageMaker,
): AsyncGenerator<ShardSample> {
  const underWay: Promise<Made>[] = [];
  let next = from;
  try {
    for (;;) {
      for (; underWay.length < maker.atOnce && next < records.length; next += 1) {
        const made = makeImage(records[next] as SampleRecord, maker);
        // Its failure is reported when its turn comes.
        made.catch(() => undefined);
        underWay.push(made);
      }
      const first = underWay.shift();
      if (first === undefined) return;
      const { record, extension, bytes, from: reusedFrom } = await first;
      if (reusedFrom !== null) maker.onReused(reusedFrom);
      yield { record, extension, bytes };
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

interface Made extends EncodedImage {
  readonly record: SampleRecord;
  /** Null: encoded now. */
  readonly from: ReusableImage['from'] | null;
}

async function makeImage(record: SampleRecord, { originals, encoder, reusable }: ImageMaker): Promise<Made> {
  const { sha256 } = record;
  const isUnchanged = record.unchanged === true;
  const earlier = isUnchanged ? null : await reusable.read(sha256);
  if (earlier !== null) return { record, ...earlier };
  const original = await originals.require(sha256);
  const encoding = isUnchanged ? unchangedImage(original) : await encoder.encode(original, originals.placeOf(sha256));
  if ('refused' in encoding) throw unreadableAfterAll(originals, sha256, encoding.refused);
  return { record, ...encoding, from: null };
}
