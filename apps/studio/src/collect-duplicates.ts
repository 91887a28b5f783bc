import type { ExclusionRow, StoredImage } from '@winnow/db';
import type { ProjectRecords } from './project-records';
import { reportPicture } from './report-picture';
import type { DuplicateCluster, DuplicateReport } from './report-data';

const EXAMPLES = 8;
const PICTURES_A_CLUSTER = 5;

/** What the build folded together, with the largest near clusters as examples; null before there is a build. */
export async function collectDuplicates(records: ProjectRecords): Promise<DuplicateReport | null> {
  const { config, build, samples, originals, exclusions } = records;
  if (build === undefined) return null;
  const copies = exclusions.filter(({ keptSha256 }) => keptSha256 !== null);
  const near = copies.filter(({ outcome }) => outcome === 'duplicate_near').length;
  const listedAgain = originals.reduce(
    (sum, { provenance }) => sum + new Set(provenance.map((source) => source.imageUrl)).size - 1,
    0,
  );
  return {
    exact: copies.length - near + listedAgain,
    near,
    leaks: exclusions.filter(({ outcome }) => outcome === 'leak').length,
    conflicts: samples.filter(({ conflicts }) => conflicts.length > 0).length,
    precision: build.duplicateMeasure?.precision ?? null,
    recall: build.duplicateMeasure?.recall ?? null,
    clusters: await exampleClusters(
      config.paths.blobs,
      copies,
      new Map(originals.map((image) => [image.sha256, image])),
    ),
  };
}

async function exampleClusters(
  blobsDir: string,
  copies: readonly ExclusionRow[],
  originals: ReadonlyMap<string, StoredImage>,
): Promise<readonly DuplicateCluster[]> {
  const byKept = new Map<string, ExclusionRow[]>();
  for (const copy of copies) {
    const kept = copy.keptSha256 as string;
    byKept.set(kept, [...(byKept.get(kept) ?? []), copy]);
  }
  const largest = [...byKept].sort(([a, copiesA], [b, copiesB]) => copiesB.length - copiesA.length || (a < b ? -1 : 1));
  const clusters = await Promise.all(
    largest.slice(0, EXAMPLES).map(async ([kept, members]) => {
      const digests = [kept, ...members.map(({ sha256 }) => sha256)].slice(0, PICTURES_A_CLUSTER);
      const pictures = await Promise.all(
        digests.map(async (sha256) => {
          const image = originals.get(sha256);
          if (image === undefined) return null;
          return reportPicture(blobsDir, image, { given: image.provenance[0]?.className ?? 'unknown', refined: null });
        }),
      );
      const isNear = members.some(({ outcome }) => outcome === 'duplicate_near');
      return {
        kind: isNear ? ('near' as const) : ('exact' as const),
        copies: members.length + 1,
        pictures: pictures.filter((picture) => picture !== null),
      };
    }),
  );
  return clusters.filter(({ pictures }) => pictures.length > 1);
}
