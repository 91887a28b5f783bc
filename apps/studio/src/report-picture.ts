import type { Provenance } from '@winnow/contracts';
import { loadThumbnail } from './load-thumbnail';
import type { ReportPicture } from './report-data';

/** A picture of the report with its first listing; null where its file is gone. */
export async function reportPicture(
  blobsDir: string,
  image: { readonly sha256: string; readonly provenance: readonly Provenance[] },
  labels: { readonly given: string; readonly refined: string | null },
): Promise<ReportPicture | null> {
  const bytes = await loadThumbnail(blobsDir, image.sha256);
  const source = image.provenance.find(({ className }) => className === labels.given) ?? image.provenance[0];
  if (bytes === null || source === undefined) return null;
  const { title, pageUrl, license, licenseUrl, creator, engine } = source;
  return {
    key: image.sha256,
    mime: 'image/jpeg',
    bytes,
    title,
    pageUrl,
    license,
    licenseUrl,
    creator,
    engine,
    ...labels,
  };
}
