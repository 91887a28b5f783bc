import { compareText } from '@winnow/contracts';
import type { ImageFlag, Provenance, SampleRecord } from '@winnow/contracts';
import type { ExclusionRow } from '@winnow/db';
import { clusterAsTold } from '@winnow/dedup';
import type { ConfirmNear, ConfirmSimilar, DuplicateCluster, IdPair, ToldClusters } from '@winnow/dedup';
import { sampleKey } from '@winnow/shards';
import type { GivenSample, Relabel } from '../filter/relabel';
import { clusterExclusions, copyExclusions, leftOutRow } from '../dedup/copy-exclusions';
import type { ClusterRules } from '../dedup/copy-exclusions';
import { NOTHING_TOLD } from '../dedup/told-by-people';
import type { ToldByPeople, ToldCounts } from '../dedup/told-by-people';
import { duplicateItemOf } from '../dedup/duplicate-item-of';
import type { BuildLeak } from '../dedup/find-build-leaks';
import { countPlan } from './plan-counts';
import type { PlanCounts } from './plan-counts';
import { sampleOf, unchangedSample } from './sample-of';
import type { UnplacedSample } from './sample-of';
import type { SelectedOriginals, SelectedImage } from './select-originals';
import type { ExclusionRules } from '../filter/parse-exclusions';

export interface PlanOptions {
  /** Class list of the project; the place is the label. */
  readonly classes: readonly string[];
  /** Copies of test images, by digest: they are left out. */
  readonly leaks: ReadonlyMap<string, BuildLeak>;
  /** What would be such copies if people had not said that it is none: the bytes of the test image second. Default: nothing. */
  readonly noLeaks?: readonly IdPair[] | undefined;
  /** Images with one of these are left out. */
  readonly drop: ReadonlySet<ImageFlag>;
  /** Clusters to leave out. */
  readonly exclude: Pick<ExclusionRules, 'clusters' | 'isConflictExcluded'>;
  /** Gives samples other labels than the given ones; null: none. */
  readonly relabel?: Relabel | null | undefined;
  /** What people said of pairs and images; undefined: nothing. */
  readonly told?: ToldByPeople | undefined;
  readonly mergeBits: number;
  readonly sameClassMergeBits: number;
  readonly mirrors: boolean;
  /** Cosine of embeddings; undefined: that stage is left out. */
  readonly similarity?: number | undefined;
  /** By digest. */
  readonly embeddings?: ReadonlyMap<string, Float32Array> | undefined;
  /** Last word on images with similar embeddings; undefined: the cosine decides. */
  readonly confirmSimilar?: ConfirmSimilar | undefined;
  /** Threads. */
  readonly workers?: number | undefined;
  /** Last word on near matches; undefined: the hashes decide. */
  readonly confirm?: ConfirmNear | undefined;
}

/** What a build will hold and what it leaves out: a pure function of what was crawled. */
export interface BuildPlan {
  /** In the order of the data set. */
  readonly samples: readonly SampleRecord[];
  readonly exclusions: readonly ExclusionRow[];
  readonly clusters: readonly DuplicateCluster[];
  readonly counts: PlanCounts;
  /** How much of what people said it follows; null: nothing of it. */
  readonly told: ToldCounts | null;
}

/**
 * Decides what becomes of every selected image. Copies of test images and what screens drop go first, each for
 * itself, so that none pulls its copies along but where people left it out; near duplicates are then folded into the best copy, and labels come from
 * a vote of all listings of all copies. Images of worlds become samples as they are. Does not depend on the order of
 * the originals.
 */
export async function planBuild(selected: SelectedOriginals, options: PlanOptions): Promise<BuildPlan> {
  const { left, dropped, droppedImages } = dropImages(selected, options);
  const told = options.told ?? NOTHING_TOLD;
  // No cluster that holds one of these is kept: they only take their copies with them.
  const gone = [...droppedImages.filter(({ sha256 }) => told.leftOut.has(sha256)), ...selected.refusedLeftOut];
  const usable = bySha256(left);
  const compared = [...left, ...gone];
  const { clusters, refused } = await clusterImages(compared, options);
  const rules = { ...options.exclude, leftOut: told.leftOut };
  const { kept, excluded } = clusterExclusions(clusters, bySha256(compared), rules);
  const world = partitionWorld(selected.unchanged, rules);
  const labels = new Map(options.classes.map((name, index) => [name, index]));
  const given = [
    ...kept
      .map((found) => ({
        sample: sampleOf(found, usable, labels),
        verdict: usable.get(found.keptId)?.verdict,
        copies: found.copies.map(({ id }) => id),
      }))
      .sort((a, b) => compareText(a.sample.sha256, b.sample.sha256)),
    ...[...world.kept]
      .sort(compareRows)
      .map((image) => ({ sample: unchangedSample(image, labels), verdict: image.verdict, copies: [] })),
  ];
  const { labelled, leftOut } = relabelAll(given, options.relabel ?? null, usable);
  // By the samples: a world may list the very file that stands for crawled copies.
  const standing = new Set(labelled.flatMap(({ sha256, unchanged }) => (unchanged === true ? [] : [sha256])));
  const samples = labelled.map((sample, position) => ({ ...sample, key: sampleKey(position) }));
  const exclusions = oncePerClass([
    ...selected.refused,
    ...dropped,
    ...excluded,
    ...world.excluded,
    ...leftOut,
    ...copyExclusions(
      kept.filter(({ keptId }) => standing.has(keptId)),
      usable,
    ),
  ]).sort((a, b) => compareText(a.sha256, b.sha256) || compareText(a.className, b.className));
  const counts = countPlan(selected.known, samples, exclusions);
  return {
    samples,
    exclusions,
    clusters,
    counts,
    told: countTold({
      same: counts.outcomes.duplicate_told ?? 0,
      notCopies: refused.length + countNoLeaks(options.noLeaks ?? [], usable),
      kept: kept.filter(({ isKeptByWord }) => isKeptByWord === true).length,
      leftOut: counts.outcomes.left_out ?? 0,
    }),
  };
}

function countTold(counts: Required<ToldCounts>): ToldCounts | null {
  const followed = Object.entries(counts).filter(([, count]) => count > 0);
  return followed.length === 0 ? null : Object.fromEntries(followed);
}

/** Each pair once: hashes and looks may both find it. */
function countNoLeaks(pairs: readonly IdPair[], usable: ReadonlyMap<string, unknown>): number {
  return new Set(pairs.filter(([sha256]) => usable.has(sha256)).map((pair) => pair.join(' '))).size;
}

function bySha256(images: readonly SelectedImage[]): ReadonlyMap<string, SelectedImage> {
  return new Map(images.map((image) => [image.sha256, image]));
}

/** Samples with the labels that are asked for, and those that have none, with their copies: what stands for these is gone. */
function relabelAll(
  given: readonly GivenSample[],
  relabel: Relabel | null,
  images: ReadonlyMap<string, SelectedImage>,
): { readonly labelled: readonly UnplacedSample[]; readonly leftOut: readonly ExclusionRow[] } {
  const labelled: UnplacedSample[] = [];
  const leftOut: ExclusionRow[] = [];
  for (const one of given) {
    const found = relabel === null ? one.sample : relabel(one);
    if (typeof found !== 'string') labelled.push(found);
    else {
      const row = { keptSha256: null, outcome: 'excluded', detail: found } as const;
      leftOut.push({ sha256: one.sample.sha256, className: one.sample.className, ...row });
      for (const sha256 of one.copies) {
        leftOut.push({ sha256, className: images.get(sha256)?.provenance[0]?.className ?? '', ...row });
      }
    }
  }
  return { labelled, leftOut };
}

/** The first row of each image and class: several listings of one file may each give one. */
function oncePerClass(rows: readonly ExclusionRow[]): ExclusionRow[] {
  const first = new Map<string, ExclusionRow>();
  for (const row of rows) {
    const key = `${row.sha256} ${row.className}`;
    if (!first.has(key)) first.set(key, row);
  }
  return [...first.values()];
}

/** Leaves out copies of test images and what is screened out, whatever their copies are. */
function dropImages({ images }: Pick<SelectedOriginals, 'images'>, options: Pick<PlanOptions, 'leaks' | 'drop'>) {
  const left: SelectedImage[] = [];
  const droppedImages: SelectedImage[] = [];
  const dropped: ExclusionRow[] = [];
  for (const image of images) {
    const row = droppedAs(image, options);
    (row === null ? left : droppedImages).push(image);
    if (row !== null) dropped.push(row);
  }
  return { left, dropped, droppedImages };
}

/** Finds copies, by the stages that the options name; clusters by the digest of what is kept. */
async function clusterImages(images: readonly SelectedImage[], options: PlanOptions): Promise<ToldClusters> {
  const { mergeBits, sameClassMergeBits, mirrors, similarity, workers, embeddings } = options;
  const items = images.map((image) => duplicateItemOf(image, embeddings?.get(image.sha256) ?? null));
  const { clusters, refused } = await clusterAsTold(items, {
    mergeBits,
    sameClassMergeBits,
    mirrors,
    similarity,
    workers,
    told: options.told?.pairs,
    confirm: options.confirm,
    confirmSimilar: options.confirmSimilar,
  });
  return { clusters: [...clusters].sort((a, b) => compareText(a.keptId, b.keptId)), refused };
}

/** Why an image is left out whatever its copies are; null where it is not. */
function droppedAs(
  { sha256, provenance, flags }: SelectedImage,
  { leaks, drop }: Pick<PlanOptions, 'leaks' | 'drop'>,
): ExclusionRow | null {
  const row = { sha256, className: provenance[0]?.className ?? '', keptSha256: null };
  const leak = leaks.get(sha256);
  if (leak !== undefined) return { ...row, outcome: 'leak', detail: describeLeak(leak) };
  const reasons = flags.filter((flag) => drop.has(flag));
  return reasons.length === 0 ? null : { ...row, outcome: 'screened', detail: reasons.join(', ') };
}

/** A part of the data set's input digest: other words would give the same data set another id. */
function describeLeak({ heldOutId, distanceBits, flipped, fit }: BuildLeak): string {
  const how =
    fit === undefined ? `PDQ distance ${distanceBits} bits` : `correlation ${fit.toFixed(2).replace(/^0/, '')}`;
  return `copy of the test picture ${heldOutId}, ${how}${flipped === true ? ', mirrored' : ''}`;
}

/** The order of the world's own list: methods may depend on it. */
function compareRows(first: SelectedImage, second: SelectedImage): number {
  const [a] = first.provenance as readonly [Provenance];
  const [b] = second.provenance as readonly [Provenance];
  return (
    compareText(a.query, b.query) || a.page - b.page || a.rank - b.rank || compareText(first.sha256, second.sha256)
  );
}

/** An image of a world is a cluster of its own. */
function partitionWorld(
  images: readonly SelectedImage[],
  { clusters: prefixes, leftOut }: Pick<ClusterRules, 'clusters' | 'leftOut'>,
): { readonly kept: readonly SelectedImage[]; readonly excluded: readonly ExclusionRow[] } {
  const prefixOf = ({ sha256 }: SelectedImage): string | undefined =>
    prefixes.find((prefix) => sha256.startsWith(prefix));
  const excluded = images.flatMap((image): ExclusionRow[] => {
    const prefix = prefixOf(image);
    const row = leftOutRow(image.sha256, image.provenance[0]?.className ?? '');
    if (leftOut.has(image.sha256)) return [row];
    return prefix === undefined ? [] : [{ ...row, outcome: 'excluded', detail: `cluster:${prefix}` }];
  });
  const kept = images.filter((image) => prefixOf(image) === undefined && !leftOut.has(image.sha256));
  return { kept, excluded };
}
