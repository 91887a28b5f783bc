import { availableParallelism } from 'node:os';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { ProjectEmbeddings, StoredImage } from '@winnow/db';
import type { Leak } from '@winnow/dedup';
import { decodeImage, thumbnailOf } from '@winnow/imaging';
import { DECODE_LIMITS } from './decode-originals';
import { findBuildLeaks } from './find-build-leaks';
import type { HeldOutPictures } from './load-held-out-sources';
import { lookDifference, OriginalThumbnails } from './original-thumbnails';
import { picturesToConfirm } from './pictures-to-confirm';
import { planBuild } from './plan-build';
import type { BuildPlan } from './plan-build';
import { requireClusters } from './project-subset';
import { screenOriginals } from './screen-originals';
import { selectOriginals } from './select-originals';
import type { SelectedOriginals } from './select-originals';
import type { Subset } from './subset/select-picture';

/** Mean difference of thumbnails, 0..255, up to which small pictures are copies. */
const CONFIRM_DIFFERENCE = 8;

export interface ProjectInputs {
  readonly originals: readonly StoredImage[];
  /** Pictures of which no copies may be in the build; null where there are none. */
  readonly heldOut: HeldOutPictures | null;
  readonly subset: Subset;
  /** Of `winnow embed`; null where that stage is left out. */
  readonly embeddings: ProjectEmbeddings | null;
}

/** A plan with what was found on the way. */
export interface ProjectPlan extends BuildPlan {
  readonly leaks: ReadonlyMap<string, Leak>;
}

/**
 * Plans a project's build. A perceptual hash cannot tell small centred pictures apart, so their near matches are
 * confirmed by their pixels.
 * @throws WinnowError CONFIG_INVALID for a cluster to leave out that is not there, MISSING_INPUT where embeddings are
 * missing, DATA_CORRUPT where an original is gone, IMAGE_UNREADABLE for a test picture
 */
export async function planProject(inputs: ProjectInputs, config: ProjectConfig): Promise<ProjectPlan> {
  const { originals, heldOut, subset, embeddings } = inputs;
  const { mergeBits, sameClassMergeBits, confirmBelowPixels, mirrors, similarity } = config.build.dedupe;
  const { maxPixels, minSide, maxAspectRatio } = config.harvest;
  const classes = config.classes.map(({ name }) => name);
  requireClusters(subset, originals);
  const selected = selectOriginals(originals, {
    classes,
    limits: { maxPixels, minSide, maxAspectRatio },
    subset,
    flags: screenOriginals(originals, config.build.screens),
  });
  if (embeddings !== null) requireEmbeddings(selected, embeddings, config.paths.file);
  const thumbnails = new OriginalThumbnails(config.paths.blobs);
  const leaks = heldOut === null ? new Map() : await leaksOf(selected.pictures, { config, heldOut, thumbnails });
  const wanted = picturesToConfirm(
    selected.pictures.filter(({ sha256 }) => !leaks.has(sha256)),
    { belowPixels: confirmBelowPixels, radiusBits: Math.max(mergeBits, sameClassMergeBits), mirrors },
  );
  await thumbnails.load(wanted);
  const plan = await planBuild(selected, {
    classes,
    leaks,
    drop: new Set(config.build.screens.drop),
    exclude: subset.exclude,
    mergeBits,
    sameClassMergeBits,
    mirrors,
    similarity,
    embeddings: embeddings?.values,
    workers: dedupWorkers(config.build.workers, selected.pictures.length),
    confirm: (a, b, mirrored) => lookDifference(thumbnails.of(a), thumbnails.of(b), mirrored) <= CONFIRM_DIFFERENCE,
  });
  return { ...plan, leaks };
}

function requireEmbeddings({ pictures }: SelectedOriginals, { values }: ProjectEmbeddings, file: string): void {
  const lacking = pictures.filter(({ sha256 }) => !values.has(sha256));
  if (lacking.length === 0) return;
  throw new WinnowError('MISSING_INPUT', `${lacking.length} originals have no embeddings yet`, {
    where: `${lacking[0]?.sha256 ?? ''}, …`,
    next: `Run \`winnow embed ${file}\`, or leave build.dedupe.similarity out.`,
  });
}

/** A thread takes longer to start than fewer pictures to compare. */
const PICTURES_FOR_THREADS = 50_000;
const MOST_THREADS = 8;

function dedupWorkers(workers: number | 'auto', pictures: number): number {
  if (workers !== 'auto') return workers;
  return pictures < PICTURES_FOR_THREADS ? 1 : Math.min(MOST_THREADS, availableParallelism());
}

async function leaksOf(
  originals: readonly StoredImage[],
  {
    config,
    heldOut,
    thumbnails,
  }: {
    readonly config: ProjectConfig;
    readonly heldOut: HeldOutPictures;
    readonly thumbnails: OriginalThumbnails;
  },
): Promise<ReadonlyMap<string, Leak>> {
  const { confirmBelowPixels, mirrors } = config.build.dedupe;
  const tests = new Map<string, Uint8Array>();
  return findBuildLeaks(originals, {
    heldOut: heldOut.pictures,
    confirmBelowPixels,
    mirrors,
    async prepare(pairs) {
      await thumbnails.load(pairs.map(({ sha256 }) => sha256));
      for (const id of new Set(pairs.map(({ heldOutId }) => heldOutId)))
        tests.set(id, await testThumbnail(heldOut, id));
    },
    difference: (sha256, id, mirrored) => lookDifference(thumbnails.of(sha256), tests.get(id), mirrored),
  });
}

async function testThumbnail(heldOut: HeldOutPictures, id: string): Promise<Uint8Array> {
  const decoded = await decodeImage(await heldOut.read(id), DECODE_LIMITS);
  if (decoded.ok) return thumbnailOf(decoded.image);
  throw new WinnowError('IMAGE_UNREADABLE', `A test picture cannot be used: ${decoded.detail}`, {
    where: id,
    next: 'Remove or replace it.',
  });
}
