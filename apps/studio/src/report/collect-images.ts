import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind, Provenance } from '@winnow/contracts';
import type { ExclusionRow, StoredImage } from '@winnow/db';
import { decodeReduced, encodeJpeg } from '@winnow/imaging';
import { blobPlace, originalsOf } from '@winnow/store';
import type { BlobStore } from '@winnow/store';
import type { ProjectRecords } from './project-records';
import type { DuplicateCluster, DuplicateReport, ContactSheet, ReportImage } from './report-data';

const EXAMPLES = 8;
const IMAGES_A_CLUSTER = 5;

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
    measure: build.duplicateMeasure ?? null,
    clusters: await exampleClusters(
      originalsOf(blobPlace(config)),
      copies,
      new Map(originals.map((image) => [image.sha256, image])),
    ),
  };
}

async function exampleClusters(
  files: BlobStore,
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
      const digests = [kept, ...members.map(({ sha256 }) => sha256)].slice(0, IMAGES_A_CLUSTER);
      const images = await Promise.all(
        digests.map(async (sha256) => {
          const image = originals.get(sha256);
          if (image === undefined) return null;
          return reportImage(files, image, { given: image.provenance[0]?.className ?? 'unknown', refined: null });
        }),
      );
      const isNear = members.some(({ outcome }) => outcome === 'duplicate_near');
      return {
        kind: isNear ? ('near' as const) : ('exact' as const),
        copies: members.length + 1,
        images: images.filter((shown) => shown !== null),
      };
    }),
  );
  return clusters.filter(({ images }) => images.length > 1);
}

const IMAGES_A_SHEET = 48;

/** Contact sheets of each kind, classes in turn; none before the split. */
export async function collectSheets(records: ProjectRecords): Promise<readonly ContactSheet[]> {
  if (records.split === undefined) return [];
  const originals = new Map(records.originals.map((image) => [image.sha256, image]));
  return Promise.all(NOISE_KINDS.map((kind) => collectSheet(records, kind, originals)));
}

async function collectSheet(
  { config, samples, splitRows }: ProjectRecords,
  kind: NoiseKind,
  originals: ReadonlyMap<string, StoredImage>,
): Promise<ContactSheet> {
  const classes = config.classes.map(({ name }) => name);
  const sampleOf = new Map(samples.map((sample) => [sample.key, sample]));
  const members = splitRows.flatMap((row) => {
    const sample = sampleOf.get(row.key);
    return row.kind === kind && sample !== undefined ? [{ row, sample }] : [];
  });
  const images: ReportImage[] = [];
  const kept = originalsOf(blobPlace(config));
  for (const { row, sample } of inTurn(members, ({ sample: { className } }) => className)) {
    if (images.length === IMAGES_A_SHEET) break;
    const image = originals.get(sample.sha256);
    if (image === undefined) continue;
    const refined = kind === 'open' ? null : kind === 'closed' ? (classes[row.refinedLabel] ?? null) : sample.className;
    const shown = await reportImage(kept, image, { given: sample.className, refined });
    if (shown !== null) images.push(shown);
  }
  return { kind, total: members.length, images };
}

/** One of each group, then the next of each, and so on. */
function inTurn<T>(items: readonly T[], groupOf: (item: T) => string): T[] {
  const seen = new Map<string, number>();
  const rounds = items.map((item, index) => {
    const group = groupOf(item);
    const round = seen.get(group) ?? 0;
    seen.set(group, round + 1);
    return { item, round, index };
  });
  return rounds.sort((a, b) => a.round - b.round || a.index - b.index).map(({ item }) => item);
}

/** An image of the report with its first listing; null where its file is gone. */
async function reportImage(
  kept: BlobStore,
  image: { readonly sha256: string; readonly provenance: readonly Provenance[] },
  labels: { readonly given: string; readonly refined: string | null },
): Promise<ReportImage | null> {
  const bytes = await loadThumbnail(kept, image.sha256);
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

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };
/** Side, pixels; sharp enough at the size that the page shows. */
const SIDE = 112;
const QUALITY = 78;

/** A small JPEG of an original; null where it is gone, was changed or cannot be decoded. */
export async function loadThumbnail(kept: BlobStore, sha256: string): Promise<Uint8Array | null> {
  const original = await kept.read(sha256);
  if (!original.ok) return null;
  const small = await decodeReduced(original.bytes, LIMITS, { kind: 'resize', size: SIDE, policy: 'cover' });
  return small.ok ? encodeJpeg(small.image, QUALITY) : null;
}
