import type { JsonValue } from '@winnow/contracts';
import type { ImportCounts } from './import-counts';
import type { ImportSource } from './import-source';

export interface ImportReport {
  readonly json: { readonly [key: string]: JsonValue };
  readonly text: readonly string[];
}

const SHOWN = 10;

/** What an import has come to, for programs and for people. */
export function importReport(
  counts: ImportCounts,
  { file, source, created }: { readonly file: string; readonly source: ImportSource; readonly created: boolean },
): ImportReport {
  const { added, known, due, forgotten, unlabelled } = counts;
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
      due,
      forgotten,
      unlabelled,
      otherClasses: Object.fromEntries(byCount),
      outcomes,
      refused: counts.refused as unknown as JsonValue,
    },
    text: [
      `Imported ${added} pictures from ${source.name} (${source.kind})${known === 0 ? '' : `; ${known} were there before`}.`,
      ...(due === 0 ? [] : [`${due} of them are URLs: \`winnow crawl ${file}\` fetches them.`]),
      ...(forgotten === 0 ? [] : [`${forgotten} were forgotten once and stay out.`]),
      ...(unlabelled === 0 ? [] : [`${unlabelled} have no class and were passed over.`]),
      ...otherClasses(byCount),
      ...refusals(counts),
    ],
  };
}

function otherClasses(byCount: readonly (readonly [string, number])[]): readonly string[] {
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
    ...refused.slice(0, SHOWN).map(({ place, outcome, detail }) => `  ${shorten(place)}: ${outcome}, ${detail}`),
    ...(total > SHOWN ? [`  and ${total - SHOWN} more: --json`] : []),
  ];
}

/** Text from a source must neither fill the terminal nor move its cursor. */
function shorten(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]+/gu, ' ');
  return plain.length > 100 ? `${plain.slice(0, 97)}...` : plain;
}
