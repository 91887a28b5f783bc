import type { ProjectConfig } from '@winnow/config';
import { PICTURE_FLAGS, WORLD_ENGINE } from '@winnow/contracts';
import type { PictureFlag } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import { findPlaceholders } from '@winnow/dedup';
import { screenPicture } from '@winnow/imaging';
import { hostOf } from './where/where-fields';

/** What screens find in a project's originals, by digest, in the order of PICTURE_FLAGS; those without flags are left out. */
export function screenOriginals(
  originals: readonly StoredImage[],
  screens: ProjectConfig['build']['screens'],
): ReadonlyMap<string, readonly PictureFlag[]> {
  const placeholders = new Set(placeholdersIn(originals, screens.hosts));
  const flags = new Map<string, readonly PictureFlag[]>();
  for (const image of originals) {
    const { measures, pdqQuality, width, height } = image;
    if (measures === null || pdqQuality === null) continue;
    const found = new Set<PictureFlag>(screenPicture({ measures, pdqQuality, width, height }, screens));
    if (placeholders.has(image.sha256)) found.add('placeholder');
    if (found.size > 0)
      flags.set(
        image.sha256,
        PICTURE_FLAGS.filter((flag) => found.has(flag)),
      );
  }
  return flags;
}

/** A world is no evidence: its pictures come from one place. */
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
