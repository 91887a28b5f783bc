import { sql } from 'drizzle-orm';
import type { PictureMeasures } from '@winnow/contracts';
import type { Database } from '../database';

/** A file that is on disk, with what is known of it. */
export interface FetchedImage {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  /** With those below: what a build would otherwise have to decode the file for. */
  readonly pixelSha256?: string;
  /** 64 hex digits. */
  readonly pdq?: string;
  readonly pdqQuality?: number;
  readonly measures?: PictureMeasures;
}

/** Stores files; of one that is known what was stored first stays. */
export async function insertImages(
  tx: Database,
  images: readonly (FetchedImage & { readonly at: Date })[],
): Promise<void> {
  if (images.length === 0) return;
  await tx.execute(sql`
    insert into images (sha256, size_bytes, mime, width, height, pixel_sha256, pdq, pdq_quality, measures, stored_at)
    select distinct on (sha256) sha256, "sizeBytes", mime, width, height, "pixelSha256", pdq, "pdqQuality", measures, at
    from jsonb_to_recordset(${JSON.stringify(images)}::jsonb)
      as i(sha256 text, "sizeBytes" bigint, mime text, width integer, height integer, "pixelSha256" text, pdq text,
        "pdqQuality" integer, measures jsonb, at timestamptz)
    order by sha256
    on conflict do nothing`);
}
