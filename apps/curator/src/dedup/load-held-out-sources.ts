import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { Leak } from '@winnow/dedup';
import { loadHeldOut } from './load-held-out';
import type { HeldOutSet } from './load-held-out';

/** Where test images come from. */
interface HeldOutSource {
  /** `test` for evaluate.test, `holdout1`, … for build.holdout: no path, so that a data set does not depend on it. */
  readonly label: string;
  /** As the project names it. */
  readonly location: string;
}

/** All images that no data set may hold. */
export interface HeldOutImages extends Omit<HeldOutSet, 'digest'> {
  readonly sources: readonly (HeldOutSource & { readonly digest: string; readonly count: number })[];
}

/** What a project names as evaluate.test and build.holdout, each place once. @throws WinnowError CONFIG_INVALID */
export function heldOutSources({
  evaluate,
  build,
  paths,
}: Pick<ProjectConfig, 'evaluate' | 'build'> & { readonly paths: Pick<ProjectConfig['paths'], 'root'> }) {
  if (build.holdout.some((location) => location.trim() === '')) {
    throw new WinnowError('CONFIG_INVALID', 'A path of held-out images is empty', {
      where: 'build.holdout, or --holdout',
      next: 'Name a folder per class, a tar of CLASS/NAME, a table or a data set.',
    });
  }
  const absolute = (location: string): string => path.resolve(paths.root, location);
  const seen = new Set(evaluate.test === undefined ? [] : [absolute(evaluate.test)]);
  const held = build.holdout.filter((location) => !seen.has(absolute(location)) && seen.add(absolute(location)));
  const sources: readonly HeldOutSource[] = [
    ...(evaluate.test === undefined ? [] : [{ label: 'test', location: evaluate.test }]),
    ...held.map((location, index) => ({ label: `holdout${index + 1}`, location })),
  ];
  return sources;
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
