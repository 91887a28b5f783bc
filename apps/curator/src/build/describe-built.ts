import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import type { DuplicateQuality } from '@winnow/dedup';
import { medianSide, shrunkNote } from '@winnow/imaging';
import type { BuildResult } from './build-project';
import { listCounts } from './plan-counts';
import type { PlanFigures } from './plan-figures';
import type { PreparedBuild } from './prepare-build';

/** What a person reads after a build: a line for each thing that there is to say. */
export function describeBuilt(
  { record, directory, reused, reusedImages = 0, crawledImages = 0, plan, leaks }: BuildResult,
  { config, quality }: { readonly config: ProjectConfig; readonly quality: DuplicateQuality | null },
): readonly string[] {
  const { samples, originals } = plan.counts;
  return [
    `${reused ? 'The same data set as before' : 'Built'}: ${samples} images of ${originals} originals, build ${record.id}.`,
    ...describePlan({ plan, leaks, recorded: record.config }, config),
    ...(crawledImages === 0 ? [] : [`${crawledImages} images were encoded while they were crawled.`]),
    ...(reusedImages === 0 ? [] : [`${reusedImages} images were taken from an earlier build.`]),
    ...(quality === null
      ? []
      : [
          `Against the truth: duplicate pairs found with precision ${percent(quality.precision)} and recall ${percent(quality.recall)}.`,
        ]),
    ...describeShrunk(plan, config),
    `Shards: ${directory}`,
  ];
}

/** What a person reads of a build that is only planned. @param isBuilt the same data set is there already */
export function describePrepared(
  prepared: PreparedBuild,
  {
    config,
    figures,
    isBuilt,
  }: { readonly config: ProjectConfig; readonly figures: PlanFigures; readonly isBuilt: boolean },
): readonly string[] {
  const { plan, id } = prepared;
  const { samples, originals, perClass } = plan.counts;
  const { kinds, licenses } = figures;
  return [
    `Would build: ${samples} images of ${originals} originals, build ${id}${isBuilt ? ', which is there already' : ''}.`,
    ...describePlan(prepared, config),
    `Classes: ${listCounts(perClass)}.`,
    ...(kinds === null ? [] : [`Kinds: ${listCounts(kinds)}.`]),
    `Licences: ${listCounts(licenses)}.`,
    ...describeShrunk(plan, config),
    'Nothing was written. Without --dry-run it is.',
  ];
}

function describeShrunk({ samples }: BuildResult['plan'], { build, paths }: ProjectConfig): string[] {
  const encoded = samples.filter(({ unchanged }) => unchanged !== true);
  const shrunk = shrunkNote(medianSide(encoded), build.size, path.basename(paths.file));
  return shrunk === null ? [] : [shrunk];
}

/** What is left out and kept, and by whose word. */
function describePlan(
  { plan: { counts, samples, told }, leaks, recorded }: Pick<PreparedBuild, 'plan' | 'leaks' | 'recorded'>,
  { build: { classes }, classes: all }: ProjectConfig,
): string[] {
  const asTheyAre = samples.filter(({ unchanged }) => unchanged === true).length;
  return [
    `Left out or folded: ${listCounts(counts.outcomes) || 'nothing'}.`,
    ...leaks
      .filter((source) => source.leaks > 0)
      .map(
        ({ place: location, leaks: found }) =>
          `${found} originals are copies of test images (${location}) and were left out.`,
      ),
    ...(asTheyAre === 0
      ? []
      : [`${asTheyAre} images are a world's: taken as they are, not compared with the test images.`]),
    ...(Object.keys(counts.flags).length === 0 ? [] : [`Flagged and kept: ${listCounts(counts.flags)}.`]),
    ...(counts.conflicts === 0 ? [] : [`${counts.conflicts} images were found under several classes.`]),
    ...(classes === undefined
      ? []
      : [`${classes.length} of ${all.length} classes; a label stays the place in the full class list.`]),
    ...describeTold(told),
    ...describeCleaning(recorded, samples),
  ];
}

/** What of it follows what people said. */
function describeTold(told: BuildResult['plan']['told']): string[] {
  if (told === null) return [];
  const { same = 0, notCopies = 0, kept = 0, leftOut = 0 } = told;
  const parts = [
    ...(notCopies === 0 ? [] : [`${notCopies} pairs are no copies`]),
    ...(same === 0 ? [] : [`${same} copies that nothing else finds`]),
    ...(kept === 0 ? [] : [`${kept} images kept in place of a better one`]),
    ...(leftOut === 0 ? [] : [`${leftOut} left out`]),
  ];
  return [`As people said: ${parts.join(', ')}.`];
}

/** By which split, and with which labels. */
function describeCleaning(config: JsonValue, samples: BuildResult['plan']['samples']): string[] {
  const { split, build } = config as {
    readonly split?: { readonly id: string; readonly method: string; readonly build: string };
    readonly build?: { readonly labels?: string };
  };
  const changed = samples.filter(({ givenClass }) => givenClass !== undefined).length;
  return [
    ...(split === undefined ? [] : [`By the split ${split.id} (${split.method}) of build ${split.build}.`]),
    ...(build?.labels === undefined
      ? []
      : [`Labels: ${build.labels}; ${changed} are not the given ones (givenClass).`]),
  ];
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
