import type { SampleRecord } from '@winnow/contracts';
import type { DuplicateCluster } from '@winnow/dedup';
import type { SelectedImage } from './select-originals';

/** A sample whose place in the data set is still open. */
export type UnplacedSample = Omit<SampleRecord, 'key'>;

/** What a cluster of copies becomes: its best image, with the listings of all. @param labels by class name */
export function sampleOf(
  cluster: DuplicateCluster,
  images: ReadonlyMap<string, SelectedImage>,
  labels: ReadonlyMap<string, number>,
): UnplacedSample {
  const kept = images.get(cluster.keptId) as SelectedImage;
  const members = [kept, ...cluster.copies.map(({ id }) => images.get(id) as SelectedImage)];
  return {
    ...factsOf(kept),
    className: cluster.className,
    label: labels.get(cluster.className) ?? -1,
    ...(kept.flags.length === 0 ? {} : { flags: kept.flags }),
    conflicts: cluster.conflicts,
    copies: members.length,
    provenance: members.flatMap(({ provenance }) => provenance),
  };
}

/** One listing of a world's image: its bytes and its label stay as they are. */
export function unchangedSample(image: SelectedImage, labels: ReadonlyMap<string, number>): UnplacedSample {
  const className = image.provenance[0]?.className ?? '';
  return {
    ...factsOf(image),
    className,
    label: labels.get(className) ?? -1,
    unchanged: true,
    conflicts: [],
    copies: 1,
    provenance: image.provenance,
  };
}

function factsOf({ width, height, sha256, pixelSha256, pdq, pdqQuality }: SelectedImage) {
  return { width, height, sha256, pixelSha256, pdq, pdqQuality };
}
