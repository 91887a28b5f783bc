import { OUTCOMES, RETRYABLE_OUTCOMES } from '@winnow/contracts';
import type { Outcome } from '@winnow/contracts';

import { bar } from './bar';
import { dataTable } from './data-table';
import type { Column } from './data-table';
import { html } from './markup';
import type { Markup, MarkupValue } from './markup';
import { count, percent, plural, share } from './number-format';
import { OUTCOME_GROUPS, OUTCOME_WORDS } from './outcome-words';
import type { OutcomeGroup } from './outcome-words';
import type { HarvestReport } from './report-data';

interface CountedGroup {
  readonly group: OutcomeGroup;
  readonly members: readonly (readonly [Outcome, number])[];
  readonly sum: number;
}

const COLUMNS: readonly Column[] = [
  { heading: 'Outcome' },
  { heading: 'Addresses', align: 'number' },
  { heading: 'Share', align: 'number' },
  { heading: '', align: 'graphic' },
];

/** What became of every address, in plain words, most frequent first within its group. */
export function outcomeTable(outcomes: HarvestReport['outcomes']): Markup {
  const groups = countGroups(outcomes);
  const whole = groups.reduce((sum, group) => sum + group.sum, 0);
  if (whole === 0) return html`<p class="soft">Nothing was fetched.</p>`;
  const most = Math.max(...groups.flatMap(({ members }) => members.map(([, amount]) => amount)));
  return html`<p>${summary(groups, whole)}</p>
    ${dataTable({
      caption: 'What became of every address',
      columns: COLUMNS,
      groups: groups
        .filter(({ members }) => members.length > 0)
        .map(({ group, members }) => ({
          heading: OUTCOME_GROUPS[group],
          rows: members.map(([outcome, amount]) => outcomeRow(outcome, { amount, whole, most })),
        })),
    })}`;
}

function countGroups(outcomes: HarvestReport['outcomes']): CountedGroup[] {
  return (Object.keys(OUTCOME_GROUPS) as OutcomeGroup[]).map((group) => {
    const members = OUTCOMES.filter((outcome) => OUTCOME_WORDS[outcome].group === group)
      .map((outcome) => [outcome, outcomes[outcome] ?? 0] as const)
      .filter(([, amount]) => amount > 0)
      .sort((a, b) => b[1] - a[1]);
    return { group, members, sum: members.reduce((sum, [, amount]) => sum + amount, 0) };
  });
}

function outcomeRow(
  outcome: Outcome,
  { amount, whole, most }: { readonly amount: number; readonly whole: number; readonly most: number },
): MarkupValue[] {
  const { group, label, explanation } = OUTCOME_WORDS[outcome];
  const again = RETRYABLE_OUTCOMES.has(outcome) && ' Worth another try later.';
  return [
    html`${label} <code class="name">${outcome}</code><span class="meaning">${explanation}${again}</span>`,
    count(amount),
    percent(amount / whole),
    bar([{ value: amount, style: group === 'kept' ? 'fill-accent' : 'fill-soft' }], most),
  ];
}

function summary(groups: readonly CountedGroup[], whole: number): string {
  const of = (group: OutcomeGroup): string => share(groups.find((entry) => entry.group === group)?.sum ?? 0, whole);
  return (
    `Of ${plural(whole, 'address', 'addresses')}, ${of('kept')} gave a picture that was kept; ${of('copy')} were ` +
    `copies, ${of('unusable')} gave no usable picture, ${of('undelivered')} were not delivered, and ` +
    `${of('refused')} were left alone on purpose.`
  );
}
