import path from 'node:path';
import { heldOutSources } from '@winnow/config';
import type { HeldOutSource, ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { Leak } from '@winnow/dedup';
import { loadHeldOut } from './load-held-out';
import type { HeldOutSet } from './load-held-out';

/** All images that no data set may hold. */
export interface HeldOutImages extends Omit<HeldOutSet, 'digest'> {
  readonly sources: readonly (HeldOutSource & { readonly digest: string; readonly count: number })[];
}

/**
 * Measures the test images of all sources. Where there are several, ids are LABEL:CLASS/NAME.
 * @returns null where the project names none
 * @throws WinnowError as loadHeldOut does
 */
export async function loadHeldOutSources(
  config: ProjectConfig,
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<HeldOutImages | null> {
  const sources = heldOutSources(config);
  const [only] = sources;
  if (only === undefined) return null;
  const cacheDir = path.join(config.paths.state, 'held-out');
  const sets: { readonly source: HeldOutSource; readonly set: HeldOutSet }[] = [];
  for (const source of sources) {
    const set = await loadHeldOut({ source: path.resolve(config.paths.root, source.location), cacheDir, io });
    sets.push({ source, set });
  }
  const described = sets.map(({ source, set }) => ({ ...source, digest: set.digest, count: set.images.length }));
  if (sets.length === 1) return { ...(sets[0]?.set as HeldOutSet), sources: described };
  const byLabel = new Map(sets.map(({ source, set }) => [source.label, set]));
  return {
    sources: described,
    images: sets.flatMap(({ source, set }) =>
      set.images.map((image) => ({ ...image, id: `${source.label}:${image.id}` })),
    ),
    read(id) {
      const colon = id.indexOf(':');
      const set = byLabel.get(id.slice(0, colon));
      if (set === undefined) throw new WinnowError('INTERNAL', `no test image ${id}`);
      return set.read(id.slice(colon + 1));
    },
  };
}

/** Leaks by source, in the order of the sources. */
export function countLeaks(
  leaks: Iterable<Pick<Leak, 'heldOutId'>>,
  { sources }: Pick<HeldOutImages, 'sources'>,
): readonly { readonly place: string; readonly leaks: number }[] {
  const ids = [...leaks].map(({ heldOutId }) => heldOutId);
  return sources.map(({ label, location }) => ({
    place: location,
    leaks: sources.length === 1 ? ids.length : ids.filter((id) => id.startsWith(`${label}:`)).length,
  }));
}
