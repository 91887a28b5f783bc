import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { listCounts } from './plan-counts';
import type { BuildPlan } from './plan-build';

/**
 * A data set without images would become the current one, and the good ones be removed after it.
 * @throws WinnowError MISSING_INPUT naming what was left out, and the settings that may have done it
 */
export function requireSamples(
  { samples, counts }: Pick<BuildPlan, 'samples' | 'counts'>,
  config: ProjectConfig,
): void {
  if (samples.length > 0) return;
  const leftOut = listCounts(counts.outcomes) || 'no original is of a class of the project';
  const settings = settingsOf(config);
  throw new WinnowError('MISSING_INPUT', `No image is left of ${counts.originals} originals: ${leftOut}`, {
    where: settings.length === 0 ? config.paths.file : settings.join(', '),
    next: 'Nothing was written; the current data set stays. Ask for less, or crawl or import more.',
  });
}

/** What leaves images out, as it is set. */
function settingsOf({ build, evaluate }: ProjectConfig): readonly string[] {
  const { classes, where, exclude, holdout, screens } = build;
  const shown = (name: string, values: readonly string[]): readonly string[] =>
    values.length === 0 ? [] : [`${name}: ${values.join(', ')}`];
  return [
    ...shown('build.classes', classes ?? []),
    ...shown('build.where', where === undefined ? [] : [where]),
    ...shown('build.exclude', exclude),
    ...shown('build.screens.drop', screens.drop),
    ...shown('build.holdout', holdout),
    ...shown('evaluate.test', evaluate.test === undefined ? [] : [evaluate.test]),
  ];
}
