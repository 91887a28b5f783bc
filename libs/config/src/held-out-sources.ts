import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ProjectConfig } from './project-config';

/** Where test images come from. */
export interface HeldOutSource {
  /** `test` for evaluate.test, `holdout1`, … for build.holdout: no path, so that a data set does not depend on it. */
  readonly label: string;
  /** As the project names it. */
  readonly location: string;
}

/** What a project names as evaluate.test and build.holdout, each place once. @throws WinnowError CONFIG_INVALID */
export function heldOutSources({
  evaluate,
  build,
  paths,
}: Pick<ProjectConfig, 'evaluate' | 'build'> & {
  readonly paths: Pick<ProjectConfig['paths'], 'root'>;
}): readonly HeldOutSource[] {
  if (build.holdout.some((location) => location.trim() === '')) {
    throw new WinnowError('CONFIG_INVALID', 'A path of held-out images is empty', {
      where: 'build.holdout, or --holdout',
      next: 'Name a folder per class, a tar of CLASS/NAME, a table or a data set.',
    });
  }
  const absolute = (location: string): string => path.resolve(paths.root, location);
  const seen = new Set(evaluate.test === undefined ? [] : [absolute(evaluate.test)]);
  const held = build.holdout.filter((location) => !seen.has(absolute(location)) && seen.add(absolute(location)));
  return [
    ...(evaluate.test === undefined ? [] : [{ label: 'test', location: evaluate.test }]),
    ...held.map((location, index) => ({ label: `holdout${index + 1}`, location })),
  ];
}

/**
 * Id of a held-out image, among all of a project: CLASS/NAME, or LABEL:CLASS/NAME where there are several sources.
 * @param sources all of the project
 * @param key of the image in its own source; empty: what ids of that source begin with
 */
export function heldOutId(sources: readonly unknown[], { label }: Pick<HeldOutSource, 'label'>, key: string): string {
  return sources.length === 1 ? key : `${label}:${key}`;
}
