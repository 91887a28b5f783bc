import { bar } from '../../html/charts';
import type { BarPart } from '../../html/charts';
import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import { count, share } from '../../html/number-format';
import type { FunnelCounts } from '../report-data';

interface Step {
  readonly label: string;
  readonly meaning: string;
  readonly value: string;
  readonly note: string;
  readonly parts: readonly BarPart[];
}

/** Label and meaning of the four counts, in order. */
export type FunnelWords = readonly [FunnelWord, FunnelWord, FunnelWord, FunnelWord];
type FunnelWord = readonly [label: string, meaning: string];

/** From what was found to images of each kind, a bar a step. */
export function funnel(total: FunnelCounts, words: FunnelWords): Markup {
  const steps = [...countSteps(total, words), ...splitStep(total)];
  return html`<ol class="funnel">
      ${steps.map((step) => renderStep(step, total.hits))}
    </ol>
    ${kindParts(total) !== null && kindLegend()}`;
}

/** Bar parts of the kinds; null before the split. */
export function kindParts({ clean, closed, open }: FunnelCounts): BarPart[] | null {
  if (clean === null || closed === null || open === null) return null;
  return [
    { value: clean, style: 'fill-clean' },
    { value: closed, style: 'fill-closed' },
    { value: open, style: 'fill-open' },
  ];
}

export function kindLegend(): Markup {
  return html`<p class="legend">
    <span class="key key-clean">clean</span> <span class="key key-closed">closed</span>
    <span class="key key-open">open</span>
  </p>`;
}

function countSteps({ hits, fetched, stored, unique }: FunnelCounts, words: FunnelWords): Step[] {
  const values = [hits, fetched, stored, unique];
  return words.map(([label, meaning], index) => {
    const value = values[index] as number;
    const before = words[index - 1];
    const note =
      before === undefined ? '' : `${share(value, values[index - 1] as number)} of ${before[0].toLowerCase()}`;
    return { label, meaning, value: count(value), note, parts: [{ value, style: 'fill-accent' }] };
  });
}

function splitStep(total: FunnelCounts): Step[] {
  const parts = kindParts(total);
  if (parts === null) return [];
  const value = parts.map((part) => count(part.value)).join(' · ');
  return [{ label: 'Split', meaning: 'by what the label is worth', value, note: 'clean · closed · open', parts }];
}

function renderStep({ label, meaning, value, note, parts }: Step, full: number): Markup {
  return html`<li>
    <span class="step"><b>${label}</b> <span class="soft">${meaning}</span></span>
    ${bar(parts, full)}
    <span class="amount"><b>${value}</b> <span class="soft">${note}</span></span>
  </li> `;
}
