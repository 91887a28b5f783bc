import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { ProjectEmbeddings, StoredImage } from '@winnow/db';
import { hammingDistance } from '@winnow/dedup';
import type { ConfirmNear } from '@winnow/dedup';
import { stableJson } from '@winnow/files';
import { copyConfirmer, DECODE_LIMITS, decodeImage, imagingVersions, thumbnailOf } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { blobPlace, originalsOf } from '@winnow/store';
import type { BaseSplit } from '../filter/base-split';
import type { ImageOpinion } from '../filter/image-opinions';
import type { Relabel } from '../filter/relabel';
import { decodeOriginal } from './decode-originals';
import { findBuildLeaks } from '../dedup/find-build-leaks';
import type { BuildLeak } from '../dedup/find-build-leaks';
import { LOOK_RULES } from '../dedup/find-small-image-leaks';
import type { HeldOutImages } from '../dedup/load-held-out-sources';
import { NOTHING_TOLD } from '../dedup/told-by-people';
import type { ToldByPeople } from '../dedup/told-by-people';
import { knownSmallImageLeaks } from '../dedup/small-image-leak-cache';
import { pairDifference, OriginalThumbnails } from '../dedup/original-thumbnails';
import type { StoredDescriptors } from '../dedup/original-thumbnails';
import { planBuild } from './plan-build';
import type { BuildPlan, PlanOptions } from './plan-build';
import { requireClusters } from '../filter/project-subset';
import { screenOriginals } from './screen-originals';
import { selectOriginals } from './select-originals';
import type { SelectedOriginals } from './select-originals';
import type { Subset } from '../filter/select-image';

/** Mean difference of thumbnails, 0..255, up to which small images are copies. */
const CONFIRM_DIFFERENCE = 8;

export interface ProjectInputs {
  readonly originals: readonly StoredImage[];
  /** Images of which no copies may be in the build; null where there are none. */
  readonly heldOut: HeldOutImages | null;
  readonly subset: Subset;
  /** What a split says, and other labels than the given ones, where they are asked for. */
  readonly cleaning?: {
    readonly split: BaseSplit | null;
    readonly relabel: Relabel | null;
    readonly opinions: ReadonlyMap<string, ImageOpinion> | null;
  };
  /** What people said of pairs and images. */
  readonly told?: ToldByPeople;
  /** Of `winnow embed`; null where that stage is left out. */
  readonly embeddings: ProjectEmbeddings | null;
  readonly stored: StoredDescriptors;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** A plan with what was found on the way. */
export interface ProjectPlan extends BuildPlan {
  readonly leaks: ReadonlyMap<string, BuildLeak>;
}

/**
 * Plans a project's build.
 * @throws WinnowError CONFIG_INVALID for a cluster to leave out that is not there, MISSING_INPUT where embeddings are
 * missing, DATA_CORRUPT where an original is gone, IMAGE_UNREADABLE for a test image
 */
export async function planProject(inputs: ProjectInputs, config: ProjectConfig): Promise<ProjectPlan> {
  const { originals, heldOut, subset, cleaning, told = NOTHING_TOLD, embeddings, stored, io } = inputs;
  const { mergeBits, sameClassMergeBits, confirmBelowPixels, mirrors, similarity } = config.build.dedupe;
  const { maxPixels, minSide, maxAspectRatio } = config.harvest;
  const classes = config.classes.map(({ name }) => name);
  requireClusters(subset, originals);
  const selected = selectOriginals(originals, {
    classes,
    limits: { maxPixels, minSide, maxAspectRatio },
    subset,
    flags: screenOriginals(originals, config.build.screens),
    verdictOf: cleaning?.split?.verdictOf,
    opinions: cleaning?.opinions ?? undefined,
    leftOut: told.leftOut,
  });
  if (embeddings !== null) requireEmbeddings(selected, embeddings, config.paths.file);
  const thumbnails = new OriginalThumbnails(originalsOf(blobPlace(config)), stored);
  const { leaks, noLeaks } =
    heldOut === null
      ? { leaks: new Map<string, BuildLeak>(), noLeaks: [] }
      : await leaksOf(selected.images, { config, heldOut, told, thumbnails, stored, io });
  const compared = [...selected.images, ...selected.refusedLeftOut];
  const small = compared.filter((image) => isSmall(image, confirmBelowPixels));
  const plan = await planBuild(selected, {
    classes,
    leaks,
    noLeaks,
    drop: new Set(config.build.screens.drop),
    exclude: subset.exclude,
    relabel: cleaning?.relabel,
    told,
    mergeBits,
    sameClassMergeBits,
    mirrors,
    workers: dedupWorkers(config.build.workers, selected.images.length),
    confirm: smallImageConfirmer(thumbnails, new Set(small.map(({ sha256 }) => sha256)), io.signal),
    similarity,
    embeddings: embeddings?.values,
    confirmSimilar: copyConfirmer((sha256) => readUninterrupted(sha256, config, io.signal), { mirrors }),
  });
  return { ...plan, leaks };
}

async function readUninterrupted(sha256: string, config: ProjectConfig, signal: AbortSignal): Promise<RgbImage> {
  requireUninterrupted(signal, 'Stopped while comparing images');
  return decodeOriginal(originalsOf(blobPlace(config)), sha256, signal);
}

/**
 * A perceptual hash cannot tell small centred images apart: the near matches of these are confirmed by their pixels. So are
 * those of two images that both were compared with something already, on whichever occasion.
 */
function smallImageConfirmer(
  thumbnails: OriginalThumbnails,
  small: ReadonlySet<string>,
  signal: AbortSignal,
): ConfirmNear {
  return async (pairs) => {
    const compared = new Set<string>();
    for (const { kept, copy } of small.size === 0 ? [] : pairs) {
      if (small.has(kept.id) || small.has(copy.id)) compared.add(kept.id).add(copy.id);
    }
    await thumbnails.load(compared, signal);
    return ({ kept, copy, flipped }) =>
      pairDifference(thumbnails.of(kept.id), thumbnails.of(copy.id), flipped) <= CONFIRM_DIFFERENCE;
  };
}

function isSmall({ width, height }: { readonly width: number; readonly height: number }, belowPixels: number): boolean {
  return Math.min(width, height) < belowPixels;
}

function requireEmbeddings({ images }: SelectedOriginals, { values }: ProjectEmbeddings, file: string): void {
  const lacking = images.filter(({ sha256 }) => !values.has(sha256));
  if (lacking.length === 0) return;
  throw new WinnowError('MISSING_INPUT', `${lacking.length} originals have no embeddings yet`, {
    where: `${lacking[0]?.sha256 ?? ''}, …`,
    next: `Run \`winnow embed ${file}\`, or leave build.dedupe.similarity out.`,
  });
}

/** A thread takes longer to start than fewer images to compare. */
const IMAGES_FOR_THREADS = 50_000;
const MAX_THREADS = 8;

function dedupWorkers(workers: number | 'auto', images: number): number {
  if (images < IMAGES_FOR_THREADS) return 1;
  return workers === 'auto' ? Math.min(MAX_THREADS, availableParallelism()) : workers;
}

interface LeakInputs {
  readonly config: ProjectConfig;
  readonly heldOut: HeldOutImages;
  readonly told: ToldByPeople;
  readonly thumbnails: OriginalThumbnails;
  readonly stored: StoredDescriptors;
  readonly io: ProjectInputs['io'];
}

/** By hash, and small images by how they look besides. */
async function leaksOf(
  originals: readonly StoredImage[],
  { config, heldOut, told, thumbnails, stored, io }: LeakInputs,
): Promise<Required<Pick<PlanOptions, 'leaks' | 'noLeaks'>>> {
  const { confirmBelowPixels, mirrors } = config.build.dedupe;
  const kept = originalsOf(blobPlace(config));
  const tests = new Map<string, Uint8Array>();
  const bytesOf = new Map(heldOut.images.map(({ id, bytesSha }) => [id, bytesSha]));
  const pairOf = (sha256: string, heldOutId: string) => [sha256, bytesOf.get(heldOutId) ?? heldOutId] as const;
  const isNoCopy = (...ids: readonly [string, string]): boolean => told.isNoCopy(...pairOf(...ids));
  const byHash = await findBuildLeaks(originals, {
    heldOut: heldOut.images,
    confirmBelowPixels,
    mirrors,
    isNoCopy,
    async differences(pairs) {
      await thumbnails.load(
        pairs.map(({ sha256 }) => sha256),
        io.signal,
      );
      for (const id of new Set(pairs.map(({ heldOutId }) => heldOutId)))
        tests.set(id, thumbnailOf(await decodeTest(heldOut, id, io.signal)));
      return pairs.map(({ sha256, heldOutId, flipped }) =>
        pairDifference(thumbnails.of(sha256), tests.get(heldOutId), flipped),
      );
    },
  });
  const small = originals.filter((image) => !byHash.leaks.has(image.sha256) && isSmall(image, confirmBelowPixels));
  const smallTests = heldOut.images.filter((image) => isSmall(image, confirmBelowPixels));
  const sources = heldOut.sources.map(({ label, digest }) => [label, digest]);
  const key = stableJson({ sources, LOOK_RULES, mirrors, confirmBelowPixels, ...imagingVersions() });
  const name = `looks-${createHash('sha256').update(key).digest('hex').slice(0, 16)}.json`;
  const byLook = await knownSmallImageLeaks(path.join(config.paths.state, 'held-out', name), {
    originals: small.map(({ sha256 }) => sha256),
    heldOut: smallTests.map(({ id }) => id),
    readOriginal: (sha256) => decodeOriginal(kept, sha256, io.signal),
    readHeldOut: (id) => decodeTest(heldOut, id, io.signal),
    stored,
    mirrors,
    isNoCopy,
    io,
  });
  const hashes = new Map(smallTests.map(({ id, pdq }) => [id, pdq]));
  const leaks = new Map<string, BuildLeak>(byHash.leaks);
  for (const { sha256, pdq } of small) {
    const found = byLook.leaks.get(sha256);
    if (found === undefined || pdq === null) continue;
    const { heldOutId, fit, flipped } = found;
    const distanceBits = hammingDistance(pdq, hashes.get(heldOutId) ?? pdq);
    leaks.set(sha256, { id: sha256, heldOutId, distanceBits, fit, ...(flipped ? { flipped } : {}) });
  }
  const refused = [...byHash.refused, ...byLook.refused];
  return { leaks, noLeaks: refused.map(({ sha256, heldOutId }) => pairOf(sha256, heldOutId)) };
}

async function decodeTest(heldOut: HeldOutImages, id: string, signal: AbortSignal): Promise<RgbImage> {
  const decoded = await decodeImage(await heldOut.read(id), DECODE_LIMITS, signal);
  if (decoded.ok) return decoded.image;
  throw new WinnowError('IMAGE_UNREADABLE', `A test image cannot be used: ${decoded.detail}`, {
    where: id,
    next: 'Remove or replace it.',
  });
}
