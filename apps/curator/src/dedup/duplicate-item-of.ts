import { compareText } from '@winnow/contracts';
import type { Provenance } from '@winnow/contracts';
import { licenseRank, normaliseLicense } from '@winnow/dedup';
import type { DuplicateItem } from '@winnow/dedup';
import { countClasses } from '../build/plan-counts';
import type { SelectedImage } from '../build/select-originals';

/** An image as deduplication sees it. @param embedding of `winnow embed`; null where that stage is left out */
export function duplicateItemOf(image: SelectedImage, embedding: Float32Array | null): DuplicateItem {
  const votes = countClasses(image.provenance);
  const best = [...image.provenance].sort(
    (a, b) =>
      (votes.get(b.className) ?? 0) - (votes.get(a.className) ?? 0) ||
      a.rank - b.rank ||
      compareText(a.className, b.className),
  )[0] as Provenance;
  return {
    id: image.sha256,
    className: best.className,
    votes,
    bytesSha: image.sha256,
    pixelSha: image.pixelSha256,
    pdq: image.pdq,
    pdqQuality: image.pdqQuality,
    width: image.width,
    height: image.height,
    sizeBytes: image.sizeBytes,
    rank: image.provenance.reduce((least, { rank }) => Math.min(least, rank), Infinity),
    license: freest(image.provenance.map((listing) => licenseText(listing))),
    embedding,
  };
}

/** The name of the licence, or its address where that says more. */
function licenseText({ license, licenseUrl }: Provenance): string | null {
  return licenseRank(licenseUrl) < licenseRank(license) && normaliseLicense(license) === undefined
    ? licenseUrl
    : license;
}

/** What most readily may be used, of what was said about copies of one file. */
function freest(licenses: readonly (string | null)[]): string | null {
  return [...licenses].sort((a, b) => licenseRank(a) - licenseRank(b) || compareText(a ?? '', b ?? ''))[0] ?? null;
}
