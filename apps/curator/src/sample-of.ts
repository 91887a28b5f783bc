import type { SampleRecord } from '@winnow/contracts';
import type { DuplicateCluster } from '@winnow/dedup';
import type { SelectedPicture } from './select-originals';

/** A sample whose place in the data set is still open. */
export type UnplacedSample = Omit<SampleRecord, 'key'>;

/** What a cluster of copies becomes: its best picture, with the listings of all. @param labels by class name */
export function sampleOf(
  cluster: DuplicateCluster,
  pictures: ReadonlyMap<string, SelectedPicture>,
  labels: ReadonlyMap<string, number>,
): UnplacedSample {
  const kept = pictures.get(cluster.keptId) as SelectedPicture;
  const members = [kept, ...cluster.copies.map(({ id }) => pictures.get(id) as SelectedPicture)];
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

/** One listing of a world's picture: its bytes and its label stay as they are. */
export function unchangedSample(picture: SelectedPicture, labels: ReadonlyMap<string, number>): UnplacedSample {
  const className = picture.provenance[0]?.className ?? '';
  return {
    ...factsOf(picture),
    className,
    label: labels.get(className) ?? -1,
    unchanged: true,
    conflicts: [],
    copies: 1,
    provenance: picture.provenance,
  };
}

function factsOf({ width, height, sha256, pixelSha256, pdq, pdqQuality }: SelectedPicture) {
  return { width, height, sha256, pixelSha256, pdq, pdqQuality };
}
