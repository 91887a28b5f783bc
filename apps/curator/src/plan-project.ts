import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import type { Leak } from '@winnow/dedup';
import { checkDimensions, decodeImage, thumbnailDifference, thumbnailOf } from '@winnow/imaging';
import { DECODE_LIMITS, decodeOriginal } from './decode-originals';
import { findBuildLeaks } from './find-build-leaks';
import type { HeldOutSet } from './load-held-out';
import { picturesToConfirm } from './pictures-to-confirm';
import { planBuild } from './plan-build';
import type { BuildPlan } from './plan-build';

/** Mean difference of thumbnails, 0..255, up to which small pictures are copies. */
const CONFIRM_DIFFERENCE = 8;

/**
 * Plans a project's build. A perceptual hash cannot tell small centred pictures apart, so their near matches are
 * confirmed by their pixels.
 * @param heldOut of which no copies may be in the build; null where there are none
 * @throws WinnowError DATA_CORRUPT where an original is gone, IMAGE_UNREADABLE for a test picture
 */
export async function planProject(
  originals: readonly StoredImage[],
  config: ProjectConfig,
  heldOut: HeldOutSet | null,
): Promise<BuildPlan> {
  const { mergeBits, sameClassMergeBits, confirmBelowPixels } = config.build.dedupe;
  const { maxPixels, minSide, maxAspectRatio } = config.harvest;
  const limits = { maxPixels, minSide, maxAspectRatio };
  const thumbnails = new Map<string, Uint8Array>();
  const look = async (sha256: string): Promise<void> => {
    if (thumbnails.has(sha256)) return;
    thumbnails.set(sha256, thumbnailOf(await decodeOriginal(config.paths.blobs, sha256)));
  };
  const within = originals.filter((image) => checkDimensions(image.width, image.height, limits) === null);
  const leaks =
    heldOut === null ? new Map<string, Leak>() : await leaksOf(within, { config, heldOut, thumbnails, look });
  const wanted = picturesToConfirm(
    within.filter(({ sha256 }) => !leaks.has(sha256)),
    { belowPixels: confirmBelowPixels, radiusBits: sameClassMergeBits },
  );
  for (const sha256 of wanted) await look(sha256);
  return planBuild(originals, {
    classes: config.classes.map(({ name }) => name),
    limits,
    leaks,
    mergeBits,
    sameClassMergeBits,
    confirm: (a, b) => difference(thumbnails.get(a), thumbnails.get(b)) <= CONFIRM_DIFFERENCE,
  });
}

async function leaksOf(
  originals: readonly StoredImage[],
  {
    config,
    heldOut,
    thumbnails,
    look,
  }: {
    readonly config: ProjectConfig;
    readonly heldOut: HeldOutSet;
    readonly thumbnails: ReadonlyMap<string, Uint8Array>;
    readonly look: (sha256: string) => Promise<void>;
  },
): Promise<ReadonlyMap<string, Leak>> {
  const tests = new Map<string, Uint8Array>();
  return findBuildLeaks(originals, {
    heldOut: heldOut.pictures,
    confirmBelowPixels: config.build.dedupe.confirmBelowPixels,
    async prepare(pairs) {
      for (const { sha256 } of pairs) await look(sha256);
      for (const id of new Set(pairs.map(({ heldOutId }) => heldOutId)))
        tests.set(id, await testThumbnail(heldOut, id));
    },
    difference: (sha256, id) => difference(thumbnails.get(sha256), tests.get(id)),
  });
}

async function testThumbnail(heldOut: HeldOutSet, id: string): Promise<Uint8Array> {
  const decoded = await decodeImage(await heldOut.read(id), DECODE_LIMITS);
  if (decoded.ok) return thumbnailOf(decoded.image);
  throw new WinnowError('IMAGE_UNREADABLE', `A test picture cannot be used: ${decoded.detail}`, {
    where: id,
    next: 'Remove or replace it.',
  });
}

/** Of two thumbnails; 0 where the hash alone decides. */
function difference(first: Uint8Array | undefined, second: Uint8Array | undefined): number {
  return first === undefined || second === undefined ? 0 : thumbnailDifference(first, second);
}
