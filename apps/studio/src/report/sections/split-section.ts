import { NOISE_KINDS } from '@winnow/contracts';
import type { MeasuredShare, MethodName, NoiseKind, SplitMeasured, SplitQuality } from '@winnow/contracts';
import { bar, histogramSvg } from '../../html/charts';
import { dataTable } from '../../html/data-table';
import type { Column } from '../../html/data-table';
import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';
import { count, percent, share } from '../../html/number-format';
import type { RunReport, SplitReport } from '../report-data';
import { kindLegend } from './funnel';
import { block } from './section';
import type { ReportSection } from './section';

/** What the teacher made of the labels, and how right it was where that is known. */
export function splitSection(split: SplitReport, runs: readonly RunReport[]): ReportSection {
  const { counts, histogram, quality, measured, byClass, corrected, all } = split;
  const whole = NOISE_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  const parts = NOISE_KINDS.map((kind) => ({ value: counts[kind], style: `fill-${kind}` }));
  const use = splitUse(runs);
  const body = html`<p>
      The split <code>${split.method}</code> compared the labels of ${count(whole)} images with what the teacher says of
      them. Its kinds are estimates.${corrected > 0 && html` A person decided on <b>${count(corrected)}</b> of them.`}
    </p>
    ${bar(parts, whole)}
    <dl class="kinds">
      ${NOISE_KINDS.map(
        (kind) =>
          html`<div>
            <dt><span class="key key-${kind}">${KIND_WORDS[kind].label}</span></dt>
            <dd>
              <b>${count(counts[kind])}</b>
              <span class="soft">${share(counts[kind], whole)}. ${KIND_WORDS[kind].meaning}</span>
            </dd>
          </div>`,
      )}
    </dl>
    ${histogram !== null && html`<figure class="chart">${histogramSvg(histogram, 'Where the kinds lie')}${kindLegend()}</figure>`}
    ${use !== false && block('What the students did with it', use)}
    ${measured !== undefined && block('Measured by people', measuredBody(measured))}
    ${quality !== null && block('Against the truth', qualityBody(quality))}
    ${byClass.length > 0 && block('By class', classTable(byClass))}
    ${all.length > 1 && block('All splits of this data set', splitTable(all))}`;
  return { id: 'split', title: 'Split', body };
}

/** By looks at images that were drawn: apart from what the split says of itself. */
function measuredBody({ overall, labels, isOfCleaned, kinds, isComplete }: SplitMeasured): Markup {
  const columns: Column[] = [
    { heading: 'Kind' },
    ...['Looks', 'Precision', '95 %', 'Recall', '95 %'].map((heading): Column => ({ heading, align: 'number' })),
  ];
  const cells = (found: MeasuredShare | null): string[] =>
    found === null ? ['–', '–'] : [percent(found.share), `${percent(found.low)} to ${percent(found.high)}`];
  const rows = kinds.map(({ kind, looked, precision, recall }): MarkupValue[] => [
    KIND_WORDS[kind].label,
    count(looked),
    ...cells(precision),
    ...cells(recall),
  ]);
  const interval = ({ low, high }: MeasuredShare): string => `${percent(low)} to ${percent(high)}`;
  return html`<p>
      People looked at <b>${count(kinds.reduce((sum, { looked }) => sum + looked, 0))}</b> images that were drawn at
      random, without being told what the split says of them, before decisions corrected it. Its kind is right for
      <b>${percent(overall.share)}</b> (${interval(overall)}).${
        labels !== undefined &&
        html` The labels ${isOfCleaned ? 'of this data set' : 'under which images were collected'} are right for
          <b>${percent(labels.share)}</b> (${interval(labels)}).`
      }${!isComplete && html` Not all planned looks are done: the intervals are not final.`}
    </p>
    ${dataTable({ caption: 'Measured by kind, with 95 % intervals', columns, groups: [{ rows }] })}`;
}

function qualityBody(quality: SplitQuality): Markup {
  const columns: Column[] = [
    { heading: 'Kind' },
    ...['Precision', 'Recall', 'AUROC'].map((heading): Column => ({ heading, align: 'number' })),
  ];
  const rows = NOISE_KINDS.map((kind): MarkupValue[] => [
    KIND_WORDS[kind].label,
    percent(quality.precision[kind]),
    percent(quality.recall[kind]),
    quality.auroc[kind]?.toFixed(3) ?? '–',
  ]);
  return html`<p>
      The true kind of every image is known here. Macro F1 <b>${percent(quality.macroF1)}</b>${
        quality.refinedAccuracy !== null && html`; refined labels right in <b>${percent(quality.refinedAccuracy)}</b>`
      }${quality.fpr95Open !== null && html`; false alarms at 95&nbsp;% recall of open <b>${percent(quality.fpr95Open)}</b>`}.
    </p>
    <div class="pair">
      ${confusionTable(quality)}${dataTable({ caption: 'Quality by kind', captionShown: true, columns, groups: [{ rows }] })}
    </div>`;
}

function confusionTable({ confusion }: SplitQuality): Markup {
  return html`<div class="scroll" role="region" aria-label="Confusion of kinds" tabindex="0">
    <table class="confusion">
      <caption>
        True kind (rows) and found kind (columns)
      </caption>
      <thead>
        <tr>
          <td></td>
          ${NOISE_KINDS.map((kind) => html`<th scope="col" class="number">${KIND_WORDS[kind].label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${NOISE_KINDS.map((kind, row) => {
          const cells = confusion[row] ?? [0, 0, 0];
          const whole = cells.reduce((sum, value) => sum + value, 0);
          return html`<tr>
            <th scope="row">${KIND_WORDS[kind].label}</th>
            ${cells.map((value, column) => {
              const tint = whole === 0 ? 0 : Math.round((10 * value) / whole);
              return html`<td class="number ${column === row ? 'hit' : 'miss'}${tint}">
                ${count(value)} <span class="soft">${share(value, whole)}</span>
              </td>`;
            })}
          </tr> `;
        })}
      </tbody>
    </table>
  </div>`;
}

function splitTable(all: SplitReport['all']): Markup {
  const isKnown = all.some(({ quality }) => quality !== null);
  const headings = [
    ...NOISE_KINDS.map((kind) => KIND_WORDS[kind].label),
    'Corrected',
    ...(isKnown ? ['Macro F1'] : []),
  ];
  const columns: Column[] = [
    { heading: 'Split' },
    ...headings.map((heading): Column => ({ heading, align: 'number' })),
  ];
  const rows = all.map(({ method, counts, corrected, quality }): MarkupValue[] => [
    method,
    ...NOISE_KINDS.map((kind) => count(counts[kind])),
    count(corrected),
    ...(isKnown ? [quality === null ? '–' : percent(quality.macroF1)] : []),
  ]);
  return dataTable({ caption: 'Splits, newest first', columns, groups: [{ rows }] });
}

function classTable(byClass: SplitReport['byClass']): Markup {
  const columns: Column[] = [
    { heading: 'Class' },
    ...NOISE_KINDS.map((kind): Column => ({ heading: KIND_WORDS[kind].label, align: 'number' })),
    { heading: 'Kinds', align: 'graphic' },
  ];
  const rows = byClass.map((row): MarkupValue[] => {
    const whole = NOISE_KINDS.reduce((sum, kind) => sum + row[kind], 0);
    const parts = NOISE_KINDS.map((kind) => ({ value: row[kind], style: `fill-${kind}` }));
    return [row.name, ...NOISE_KINDS.map((kind) => count(row[kind])), bar(parts, whole)];
  });
  return dataTable({ caption: 'Split by class', columns, groups: [{ rows }] });
}

/** The kinds of a label as the report speaks of them: what a split takes them for. */
export const KIND_WORDS: Readonly<Record<NoiseKind, { readonly label: string; readonly meaning: string }>> = {
  clean: { label: 'Clean', meaning: 'The split takes them to show the class of their label.' },
  closed: {
    label: 'Closed',
    meaning: 'The split takes them to show another of the known classes, and proposes that one.',
  },
  open: { label: 'Open', meaning: 'The split takes them to show none of the known classes.' },
};

/** What students learn from, of methods that read the split and of those that do not. */
const USES: Readonly<Record<MethodName, string>> = {
  winnow:
    'learned what the teacher says of every image (refined by the labels that can be believed, where that was asked for)',
  'winnow-1': 'learned what the teacher says of every image, whatever its label',
  kd: 'learned what the teacher says of every image, whatever its label',
  'kd-known': 'learned what the teacher says of the clean and the closed images, and left the open ones out',
  modul:
    'learned the labels of the clean images and the teacher’s classes for the closed ones, and saw the open ones without a label',
  ce: 'learned the given label of every image, wrong ones too',
  fitnet: 'learned the teacher’s features and outputs on every image, whatever its label',
  simkd: 'learned the teacher’s features on every image, whatever its label',
  dist: 'learned how the teacher’s outputs correlate on every image, whatever its label',
  dfnd: 'learned what the teacher says of the half of the images that it is surest of, whatever their labels',
  kd3: 'learned the teacher’s features on images that teacher and student are sure of, whatever their labels',
};

/** What each method did with the split; nothing before there are runs that tell. */
function splitUse(runs: readonly RunReport[]): Markup | false {
  const told = new Map(
    runs.flatMap(({ summary: { method, readsSplit, split } }) =>
      readsSplit === undefined
        ? []
        : [[method, readsSplit ? `read the split ${split?.method ?? ''}`.trim() : 'did not read the split']],
    ),
  );
  if (told.size === 0) return false;
  return html`<ul>
    ${[...told].map(([method, reading]) => {
      const use = Object.hasOwn(USES, method) ? `: it ${USES[method as MethodName]}` : '';
      return html`<li><b>${method}</b> ${reading}${use}.</li>`;
    })}
  </ul>`;
}
