import type { JsonValue } from '@winnow/contracts';
import { medianSide, shrunkNote } from '@winnow/imaging';
import type { ImportCounts } from './import-counts';
import type { ImportSource } from './sources/import-source';
import { shorten } from './shorten';

export interface ImportReport {
  readonly json: { readonly [key: string]: JsonValue };
  readonly text: readonly string[];
}

export interface ReportContext {
  readonly file: string;
  readonly source: ImportSource;
  /** Whether this import wrote the project file. */
  readonly created: boolean;
  /** Side, pixels, of the images of a build. */
  readonly buildSize: number;
}

const SHOWN = 10;

/** 0 done; 3 done in part, as something could not be used; 1 where nothing was imported, now or before. */
export function importExitCode({ added, known, forgotten, otherClasses, outcomes }: ImportCounts): 0 | 1 | 3 {
  if (added + known + forgotten === 0) return 1;
  return otherClasses.size + outcomes.size > 0 ? 3 : 0;
}

/** What an import has come to, for programs and for people. */
export function importReport(counts: ImportCounts, { file, source, created, buildSize }: ReportContext): ImportReport {
  const { added, known, restored, due, forgotten, unlabelled, notImages } = counts;
  const side = medianSide(counts.sizes);
  // The size of a world is part of it.
  const shrunk = source.kind === 'world' ? null : shrunkNote(side, buildSize, file);
  const { passedOver = 0 } = source;
  const byCount = [...counts.otherClasses].sort(([, a], [, b]) => b - a);
  const outcomes = Object.fromEntries([...counts.outcomes].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    json: {
      project: file,
      created,
      source: source.name,
      kind: source.kind,
      added,
      known,
      restored,
      due,
      forgotten,
      unlabelled,
      notImages,
      medianSide: side,
      passedOver,
      otherClasses: Object.fromEntries(byCount),
      outcomes,
      refused: counts.refused as unknown as JsonValue,
    },
    text: [
      `Imported ${added} images from ${shorten(source.name)} (${source.kind})${known === 0 ? '' : `; ${known} were there before`}.`,
      ...(due === 0 ? [] : [`${due} of them are URLs: \`winnow crawl ${file}\` fetches them.`]),
      ...(restored === 0
        ? []
        : [`${restored} ${restored === 1 ? 'original was' : 'originals were'} restored: gone or damaged before.`]),
      ...(forgotten === 0 ? [] : [`${forgotten} were forgotten once and stay out.`]),
      ...(unlabelled === 0 ? [] : [`${unlabelled} have no class and were passed over.`]),
      ...(notImages === 0
        ? []
        : [
            `${notImages} ${notImages === 1 ? 'file is no image and was' : 'files are no images and were'} passed over.`,
          ]),
      ...(passedOver === 0
        ? []
        : [
            passedOver === 1
              ? '1 entry is no class folder and was passed over.'
              : `${passedOver} entries are no class folders and were passed over.`,
          ]),
      ...classesText(byCount),
      ...refusals(counts),
      ...(shrunk === null ? [] : [shrunk]),
    ],
  };
}

function classesText(byCount: readonly (readonly [string, number])[]): readonly string[] {
  if (byCount.length === 0) return [];
  const all = byCount.reduce((sum, [, count]) => sum + count, 0);
  const shown = byCount.slice(0, SHOWN).map(([name, count]) => `${shorten(name)} ${count}`);
  const more = byCount.length > SHOWN ? ', ...' : '';
  return [`${all} are of classes that the project does not have and were passed over: ${shown.join(', ')}${more}.`];
}

function refusals({ outcomes, refused }: ImportCounts): readonly string[] {
  if (outcomes.size === 0) return [];
  const all = [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).sort();
  const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  return [
    `Could not be used: ${all.join(' · ')}.`,
    ...refused
      .slice(0, SHOWN)
      .map(({ place: location, outcome, detail }) => `  ${shorten(location)}: ${outcome}, ${detail}`),
    ...(total > SHOWN ? [`  and ${total - SHOWN} more: --json`] : []),
  ];
}
