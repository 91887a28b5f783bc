import type { Outcome, Provenance, SampleRecord } from '@winnow/contracts';
import type { ExclusionRow, StoredImage } from '@winnow/db';
import { clusterDuplicates, compareText, licenseRank, normaliseLicense } from '@winnow/dedup';
import type { DuplicateCluster, DuplicateItem, Leak } from '@winnow/dedup';
import { checkDimensions } from '@winnow/imaging';
import type { ImageLimits } from '@winnow/imaging';
import { sampleKey } from '@winnow/shards';

export interface PlanOptions {
  /** Class list of the project; the place is the label. */
  readonly classes: readonly string[];
  /** Pictures outside of them are left out, whenever they were crawled. */
  readonly limits: ImageLimits;
  /** Copies of test pictures, by digest: they are left out. */
  readonly leaks?: ReadonlyMap<string, Leak>;
  readonly mergeBits: number;
  readonly sameClassMergeBits: number;
  /** Last word on a near match of two pictures, by digest. Symmetric, independent of the order of calls. */
  confirm(sha256: string, otherSha256: string): boolean;
}

/** What a build will hold and what it leaves out: a pure function of what was crawled. */
export interface BuildPlan {
  /** In the order of the data set. */
  readonly samples: readonly SampleRecord[];
  readonly exclusions: readonly ExclusionRow[];
  readonly clusters: readonly DuplicateCluster[];
  readonly counts: PlanCounts;
}

export interface PlanCounts {
  readonly originals: number;
  readonly samples: number;
  /** Files left out or folded into another, by outcome. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly perClass: Readonly<Record<string, number>>;
  /** Samples flagged as flat or nearly empty. */
  readonly lowInformation: number;
  /** Samples of which copies were found under several classes. */
  readonly conflicts: number;
}

type DecodedImage = StoredImage & { readonly pixelSha256: string; readonly pdq: string; readonly pdqQuality: number };

const isDecoded = (image: StoredImage): image is DecodedImage =>
  image.pixelSha256 !== null && image.pdq !== null && image.pdqQuality !== null;

/**
 * Decides what becomes of every original: near duplicates are folded into the best copy, labels come from a vote of
 * all listings of all copies, and what could not be decoded or is outside the limits is left out with its reason. Does
 * not depend on the order of the originals. Pictures of classes that the project no longer has are ignored.
 */
export function planBuild(originals: readonly StoredImage[], options: PlanOptions): BuildPlan {
  const known: readonly StoredImage[] = originals
    .map((image) => ({
      ...image,
      provenance: image.provenance.filter(({ className }) => options.classes.includes(className)),
    }))
    .filter(({ provenance }) => provenance.length > 0);
  const refused = known.flatMap((image) => refusal(image, options) ?? []);
  const left = new Set(refused.map(({ sha256 }) => sha256));
  const usable = known.filter(isDecoded).filter(({ sha256 }) => !left.has(sha256));
  const decoded = new Map(usable.map((image) => [image.sha256, image]));
  const clusters = clusterDuplicates([...decoded.values()].map(toItem), {
    mergeBits: options.mergeBits,
    sameClassMergeBits: options.sameClassMergeBits,
    confirm: (kept, copy) => options.confirm(kept.id, copy.id),
  }).sort((a, b) => compareText(a.keptId, b.keptId));
  const samples = clusters.map((cluster, position) =>
    toSample(cluster, { decoded, position, classes: options.classes }),
  );
  const exclusions = [...refused, ...copies(clusters, decoded)].sort((a, b) => compareText(a.sha256, b.sha256));
  return { samples, exclusions, clusters, counts: count(known, samples, exclusions) };
}

/** Below it a PDQ tells nothing (PDQ, section on quality). */
const LOW_INFORMATION_QUALITY = 50;

function toItem(image: DecodedImage): DuplicateItem {
  const votes = countNames(image.provenance);
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
    rank: Math.min(...image.provenance.map(({ rank }) => rank)),
    license: freest(image.provenance.map((listing) => licenseText(listing))),
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

function toSample(
  cluster: DuplicateCluster,
  {
    decoded,
    position,
    classes,
  }: { decoded: ReadonlyMap<string, DecodedImage>; position: number; classes: readonly string[] },
): SampleRecord {
  const kept = decoded.get(cluster.keptId) as DecodedImage;
  const members = [kept, ...cluster.copies.map(({ id }) => decoded.get(id) as DecodedImage)];
  return {
    key: sampleKey(position),
    className: cluster.className,
    label: classes.indexOf(cluster.className),
    width: kept.width,
    height: kept.height,
    sha256: kept.sha256,
    pixelSha256: kept.pixelSha256,
    pdq: kept.pdq,
    pdqQuality: kept.pdqQuality,
    ...(kept.pdqQuality < LOW_INFORMATION_QUALITY ? { flags: ['low_information'] as const } : {}),
    conflicts: cluster.conflicts,
    copies: members.length,
    provenance: members.flatMap(({ provenance }) => provenance),
  };
}

/** Why an original cannot be a sample, whatever else was crawled; null where it can. */
function refusal(image: StoredImage, { limits, leaks }: Pick<PlanOptions, 'limits' | 'leaks'>): ExclusionRow | null {
  const reason = isDecoded(image)
    ? (checkDimensions(image.width, image.height, limits) ?? leakOf(leaks?.get(image.sha256)))
    : { outcome: image.decodeOutcome ?? 'decode_error', detail: null };
  if (reason === null) return null;
  const { outcome, detail } = reason;
  return { sha256: image.sha256, className: image.provenance[0]?.className ?? '', outcome, keptSha256: null, detail };
}

function leakOf(leak: Leak | undefined): Pick<ExclusionRow, 'outcome' | 'detail'> | null {
  if (leak === undefined) return null;
  const { heldOutId, distanceBits } = leak;
  return { outcome: 'leak', detail: `copy of the test picture ${heldOutId}, PDQ distance ${distanceBits} bits` };
}

function copies(clusters: readonly DuplicateCluster[], decoded: ReadonlyMap<string, DecodedImage>): ExclusionRow[] {
  return clusters.flatMap(({ keptId, copies: found }) =>
    found.map(({ id, outcome, distanceBits }) => ({
      sha256: id,
      className: decoded.get(id)?.provenance[0]?.className ?? '',
      outcome,
      keptSha256: keptId,
      detail: outcome === 'duplicate_near' ? `PDQ distance ${distanceBits} bits` : null,
    })),
  );
}

function count(
  known: readonly StoredImage[],
  samples: readonly SampleRecord[],
  exclusions: readonly ExclusionRow[],
): PlanCounts {
  const outcomes: Partial<Record<Outcome, number>> = {};
  const add = (outcome: Outcome, amount: number): void => {
    if (amount > 0) outcomes[outcome] = (outcomes[outcome] ?? 0) + amount;
  };
  for (const { outcome } of exclusions) add(outcome, 1);
  return {
    originals: known.length,
    samples: samples.length,
    outcomes,
    perClass: Object.fromEntries(countNames(samples)),
    lowInformation: samples.filter(({ flags }) => flags?.includes('low_information') === true).length,
    conflicts: samples.filter(({ conflicts }) => conflicts.length > 0).length,
  };
}

/** How often each class is named. A map: `constructor` and `__proto__` are names like any other. */
function countNames(items: readonly { readonly className: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of items) counts.set(className, (counts.get(className) ?? 0) + 1);
  return counts;
}
