import type { DedupCompetitor } from './dedup-competitor';
import type { DedupResult } from './run-dedup';

const TITLES: Readonly<Record<string, string>> = { pdq: 'winnow', embedding: 'winnow', phash: 'PHash', dhash: 'DHash' };
const LABEL_WIDTH = 22;
const COLUMN_WIDTH = 7;

/** The result as a table of at most 120 columns: competitors side by side, edits below each other. */
export function showDedup(result: DedupResult): string[] {
  const { competitors, speed } = result;
  const row = (label: string, cell: (competitor: DedupCompetitor) => string): string =>
    label.padEnd(LABEL_WIDTH) + competitors.map((competitor) => cell(competitor).padStart(COLUMN_WIDTH)).join('');
  const percent = (share: number | undefined): string => (share === undefined ? '-' : (share * 100).toFixed(1));
  const seconds = (value: number | null): string => (value === null ? '-' : value.toFixed(1));
  const used = result.edits.filter((edit) => competitors.some(({ recall }) => edit in recall));
  return [
    `${result.originals} originals and ${result.plain} plain parts of others, ${result.files} files, ${(result.negativePairs / 1e6).toFixed(1)} million pairs of different pictures`,
    'class of a picture: its folder; found again: winnow, in one cluster with its original; others, within their bits of it',
    '',
    row('', ({ method }) => TITLES[method] ?? method),
    row('found again, %', settingOf),
    ...used.map((edit) => row(`  ${edit}`, ({ recall }) => percent(recall[edit]))),
    row('  all', ({ overallRecall }) => percent(overallRecall)),
    row('false pairs a million', ({ falsePerMillion }) => falsePerMillion.toFixed(2)),
    row('false pairs', ({ falsePairs }) => String(falsePairs)),
    row('  with a plain one', ({ falseOf }) => String(falseOf.plain)),
    row('  with the same edit', ({ falseOf }) => String(falseOf.sameEdit)),
    row('  of the same class', ({ falseOf }) => String(falseOf.sameClass)),
    row('different ones joined', ({ joinedOriginals }) => String(joinedOriginals.length)),
    row('seconds to hash', ({ hashSeconds }) => seconds(hashSeconds)),
    row('seconds to embed', ({ embedSeconds }) => (embedSeconds === 0 ? '-' : seconds(embedSeconds))),
    row('seconds to search', ({ searchSeconds }) => seconds(searchSeconds)),
    row('MB at most', ({ peakBytes }) => (peakBytes / 1e6).toFixed(0)),
    '',
    `PDQ of 512 x 512 decoded pixels: ${speed.pdqMillis.toFixed(2)} ms on one thread; decoding such a JPEG file: ${speed.decodeMillis.toFixed(2)} ms`,
    ...notesOn(result),
  ];
}

function settingOf({ method, thresholdBits, similarity }: DedupCompetitor): string {
  if (thresholdBits !== null) return `<= ${thresholdBits}`;
  return method === 'embedding' ? `+ ${similarity?.toFixed(2)}` : 'PDQ';
}

function notesOn({ competitors }: DedupResult): string[] {
  const hasOthers = competitors.some(({ method }) => method === 'phash');
  return [
    ...(hasOthers
      ? [
          'PHash and DHash: 0 and 10 bits are of their documentation; the others lie on both sides of our false pairs.',
          "imagededup's CNN is left out: its weights do not come with the package.",
        ]
      : []),
  ];
}
