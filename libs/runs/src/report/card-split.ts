import { NOISE_KINDS } from '@winnow/contracts';
import type { MeasuredShare, NoiseKind, RunSummary, SplitMeasured, SplitQuality } from '@winnow/contracts';
import { cardTable, factTable, inlineText, fractionText } from './card-text';

/** What the pool was taken for, and how right that was where it is known. */
export function cardSplit({ split, method: learner, readsSplit }: RunSummary): string[] {
  if (split === undefined) return [];
  const { method, counts, conflicts, corrected, quality, measured } = split;
  const whole = sum(counts);
  const fraction = (part: number): string => `${part} (${fractionText(whole === 0 ? null : part / whole)})`;
  return [
    '## Training images',
    '',
    'What the split takes the labels for, an estimate: clean, of another known class (closed), of none (open).',
    ...(readsSplit === false
      ? [`The student (${inlineText(learner)}) did not learn from it: no image was left out or labelled anew.`]
      : []),
    '',
    ...factTable([
      ['Split', method],
      ['Images', String(whole)],
      ...NOISE_KINDS.map((kind): [string, string] => [`Called ${kind}`, fraction(counts[kind])]),
      ['Found under several classes', conflicts === null ? 'none' : describeConflicts(conflicts, fraction)],
      ...(corrected === 0 ? [] : [['Corrected by a person', fraction(corrected)] as [string, string]]),
    ]),
    '',
    ...(measured === undefined ? [] : ['### Measured', '', ...measuredLines(measured)]),
    ...(quality === null ? [] : qualityTables(quality)),
  ];
}

function describeConflicts(conflicts: Readonly<Record<NoiseKind, number>>, fraction: (part: number) => string): string {
  return `${fraction(sum(conflicts))}: ${NOISE_KINDS.map((kind) => `${conflicts[kind]} ${kind}`).join(', ')}`;
}

/** What people measured of a split and of the labels that it judged, as lines of a card. */
export function measuredLines(measured: SplitMeasured): string[] {
  const { splitId, lastLookAt, overall, labels, isOfCleaned, kinds, isComplete } = measured;
  const until = lastLookAt === undefined ? '' : ` until ${lastLookAt.slice(0, 10)}`;
  return [
    `People looked at ${kinds.reduce((sum, { looked }) => sum + looked, 0)} images drawn at random${until}, without being told what the split ${inlineText(splitId)} says of them, before`,
    `decisions corrected it: its kind is right for ${measuredText(overall)}, with 95 % intervals.${isComplete ? '' : ' Not all planned looks are done: the intervals are not final.'}`,
    ...(labels === undefined
      ? []
      : [
          `The labels ${isOfCleaned ? 'of this data set' : 'under which images were collected'} are right for ${measuredText(labels)}; the others are label noise.`,
        ]),
    '',
    ...cardTable(
      ['kind', 'looks', 'precision', 'recall'].map((heading) => ({ heading, isNumber: heading !== 'kind' })),
      kinds.map(({ kind, looked, precision, recall }) => [
        kind,
        String(looked),
        measuredText(precision),
        measuredText(recall),
      ]),
    ),
    '',
  ];
}

/** `79.33 % (72.18 % to 85.01 %)` */
export function measuredText(share: MeasuredShare | null): string {
  if (share === null) return '-';
  return `${fractionText(share.share)} (${fractionText(share.low)} to ${fractionText(share.high)})`;
}

function qualityTables(quality: SplitQuality): string[] {
  const { macroF1, fpr95Open, refinedAccuracy, precision, recall, auroc, confusion } = quality;
  return [
    '### Against the truth',
    '',
    `The true kinds are known here: macro-F1 ${fractionText(macroF1)}, refined labels right ${fractionText(refinedAccuracy)},`,
    `false-positive rate of open at 95 % recall ${fractionText(fpr95Open)}.`,
    '',
    ...cardTable(
      [
        { heading: 'true kind' },
        ...[...NOISE_KINDS.map((kind) => `called ${kind}`), 'precision', 'recall', 'AUROC'].map((heading) => ({
          heading,
          isNumber: true,
        })),
      ],
      NOISE_KINDS.map((kind, row) => [
        kind,
        ...(confusion[row] ?? []).map(String),
        fractionText(precision[kind]),
        fractionText(recall[kind]),
        auroc[kind]?.toFixed(3) ?? '-',
      ]),
    ),
    '',
  ];
}

function sum(counts: Readonly<Record<NoiseKind, number>>): number {
  return NOISE_KINDS.reduce((total, kind) => total + counts[kind], 0);
}
