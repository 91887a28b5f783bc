import path from 'node:path';
import { heldOutId, heldOutSources } from '@winnow/config';
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
 * Measures the test images of all sources, by `heldOutId`.
 * @returns null where the project names none
 * @throws WinnowError as loadHeldOut does
 */
export async function loadHeldOutSources(
  config: ProjectConfig,
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<HeldOutImages | null> {
  const sources = heldOutSources(config);
  if (sources.length === 0) return null;
  const cacheDir = path.join(config.paths.state, 'held-out');
  const described: HeldOutImages['sources'][number][] = [];
  const images: HeldOutSet['images'][number][] = [];
  const readers = new Map<string, () => Promise<Uint8Array>>();
  for (const source of sources) {
    const set = await loadHeldOut({ source: path.resolve(config.paths.root, source.location), cacheDir, io });
    described.push({ ...source, digest: set.digest, count: set.images.length });
    for (const image of set.images) {
      const id = heldOutId(sources, source, image.id);
      images.push({ ...image, id });
      readers.set(id, () => set.read(image.id));
    }
  }
  return {
    sources: described,
    images,
    read(id) {
      const read = readers.get(id);
      if (read === undefined) throw new WinnowError('INTERNAL', `no test image ${id}`);
      return read();
    },
  };
}

/** Leaks by source, in the order of the sources. */
export function countLeaks(
  leaks: Iterable<Pick<Leak, 'heldOutId'>>,
  { sources }: Pick<HeldOutImages, 'sources'>,
): readonly { readonly place: string; readonly leaks: number }[] {
  const ids = [...leaks].map(({ heldOutId }) => heldOutId);
  return sources.map((source) => ({
    place: source.location,
    leaks: ids.filter((id) => id.startsWith(heldOutId(sources, source, ''))).length,
  }));
}
