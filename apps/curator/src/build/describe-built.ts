import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import type { DuplicateQuality } from '@winnow/dedup';
import { medianSide, shrunkNote } from '@winnow/imaging';
import type { BuildResult } from './build-project';
import { listCounts } from './plan-counts';

/** What a person reads after a build: a line for each thing that there is to say. */
export function describeBuilt(
  { record, directory, reused, reusedImages = 0, plan: { counts, samples, told }, leaks }: BuildResult,
  { config, quality }: { readonly config: ProjectConfig; readonly quality: DuplicateQuality | null },
): readonly string[] {
  const { classes } = config.build;
  const encoded = samples.filter(({ unchanged }) => unchanged !== true);
  const asTheyAre = samples.length - encoded.length;
  const shrunk = shrunkNote(medianSide(encoded), config.build.size, path.basename(config.paths.file));
  return [
    `${reused ? 'The same data set as before' : 'Built'}: ${counts.samples} images of ${counts.originals} originals, build ${record.id}.`,
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
      : [`${classes.length} of ${config.classes.length} classes; a label stays the place in the full class list.`]),
    ...describeTold(told),
    ...describeCleaning(record.config, samples),
    ...(reusedImages === 0 ? [] : [`${reusedImages} images were taken from an earlier build.`]),
    ...(quality === null
      ? []
      : [
          `Against the truth: duplicate pairs found with precision ${percent(quality.precision)} and recall ${percent(quality.recall)}.`,
        ]),
    ...(shrunk === null ? [] : [shrunk]),
    `Shards: ${directory}`,
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
