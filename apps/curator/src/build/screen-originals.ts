import type { ProjectConfig } from '@winnow/config';
import { IMAGE_FLAGS, WORLD_ENGINE } from '@winnow/contracts';
import type { ImageFlag } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import { findPlaceholders } from '@winnow/dedup';
import { screenImage } from '@winnow/imaging';
import { hostOf } from '../filter/where-fields';

/** What screens find in a project's originals, by digest, in the order of IMAGE_FLAGS; those without flags are left out. */
export function screenOriginals(
  originals: readonly StoredImage[],
  screens: ProjectConfig['build']['screens'],
): ReadonlyMap<string, readonly ImageFlag[]> {
  const placeholders = new Set(placeholdersIn(originals, screens.hosts));
  const flags = new Map<string, readonly ImageFlag[]>();
  for (const image of originals) {
    const { measures, pdqQuality, width, height } = image;
    if (measures === null || pdqQuality === null) continue;
    const found = new Set<ImageFlag>(screenImage({ measures, pdqQuality, width, height }, screens));
    if (placeholders.has(image.sha256)) found.add('placeholder');
    if (found.size > 0)
      flags.set(
        image.sha256,
        IMAGE_FLAGS.filter((flag) => found.has(flag)),
      );
  }
  return flags;
}

/** A world is no evidence: its images come from one place. */
function placeholdersIn(originals: readonly StoredImage[], hosts: number): readonly string[] {
  const items = originals.flatMap(({ sha256: id, pixelSha256: pixelSha, pdq, pdqQuality, provenance }) => {
    const crawled = provenance.filter(({ engine }) => engine !== WORLD_ENGINE);
    if (pixelSha === null || pdq === null || pdqQuality === null || crawled.length === 0) return [];
    const served = new Set(crawled.map(({ imageUrl }) => hostOf(imageUrl)).filter((host) => host !== ''));
    const classes = new Set(crawled.map(({ className }) => className));
    return [{ id, pixelSha, pdq, pdqQuality, hosts: [...served], classes: [...classes] }];
  });
  return findPlaceholders(items, { hosts });
}
