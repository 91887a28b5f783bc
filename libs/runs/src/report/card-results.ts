import type { ConfusionRecord, RunSummary } from '@winnow/contracts';
import { cardTable, factTable, inlineText, fractionText } from './card-text';

/** How good the student is, by class too, and what it takes for what. */
export function cardResults(summary: RunSummary): string[] {
  return [
    '## Results',
    '',
    ...factTable([
      ['Test accuracy', fractionText(summary.accuracy)],
      ['Agreement with the teacher', fractionText(summary.agreement)],
      ['Test accuracy of the teacher', fractionText(summary.teacherAccuracy)],
      ...calibration(summary),
      ...size(summary),
      ['Epochs', String(summary.epochs)],
      ['Images seen', String(summary.imagesSeen)],
      ['Training time', `${summary.seconds.toFixed(1)} s`],
      ['Peak memory', `${(summary.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`],
    ]),
    '',
    ...perClass(summary),
    ...confusion(summary.confusion ?? null),
    ...notes(summary),
  ];
}

function calibration({ calibrationError }: RunSummary): [string, string][] {
  if (calibrationError === undefined || calibrationError === null) return [];
  return [['Calibration error (ECE, 15 bins)', calibrationError.toFixed(4)]];
}

function size({ parameters, projector }: RunSummary): [string, string][] {
  const rows: [string, string][] = parameters === undefined ? [] : [['Parameters', String(parameters)]];
  if (projector === undefined) return rows;
  const time =
    projector.secondsPerPicture === null ? '' : `, ${(1000 * projector.secondsPerPicture).toFixed(3)} ms an image`;
  return [...rows, ['Of these in the projector', `${projector.parameters}${time}`]];
}

function perClass({ perClassAccuracy }: RunSummary): string[] {
  if (perClassAccuracy === null) return [];
  const rows = Object.entries(perClassAccuracy).map(([name, value]) => [name, fractionText(value)]);
  return ['### By class', '', ...cardTable([{ heading: 'class' }, { heading: 'accuracy', isNumber: true }], rows), ''];
}

function confusion(record: ConfusionRecord | null): string[] {
  if (record === null) return [];
  const { classes, counts, pairs } = record;
  if (counts !== null) {
    const columns = [{ heading: 'true, predicted' }, ...classes.map((heading) => ({ heading, isNumber: true }))];
    const rows = counts.map((row, label) => [classes[label] ?? String(label), ...row.map(String)]);
    return [
      '### Confusion',
      '',
      'Test images by true class (rows) and predicted class.',
      '',
      ...cardTable(columns, rows),
      '',
    ];
  }
  if (pairs.length === 0) return [];
  const columns = [{ heading: 'true class' }, { heading: 'taken for' }, { heading: 'images', isNumber: true }];
  const rows = pairs.map((pair) => [pair.trueClass, pair.predictedClass, `${pair.count} of ${pair.of}`]);
  return ['### Most confused', '', ...cardTable(columns, rows), ''];
}

function notes(summary: RunSummary): string[] {
  if (summary.notes.length === 0) return [];
  return ['### Notes', '', ...summary.notes.map((note) => `- ${inlineText(note)}`), ''];
}
