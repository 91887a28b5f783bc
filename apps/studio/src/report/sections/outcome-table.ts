import { OUTCOMES, RETRYABLE_OUTCOMES } from '@winnow/contracts';
import type { Outcome } from '@winnow/contracts';
import type { CountedOrigin } from '@winnow/db';

import { bar } from '../../html/charts';
import { dataTable } from '../../html/data-table';
import type { Column } from '../../html/data-table';
import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';
import { count, percent, plural, share } from '../../html/number-format';
import { OUTCOME_GROUPS, OUTCOME_WORDS, outcomeWords } from '../outcome-words';
import type { OutcomeGroup, OutcomeWords } from '../outcome-words';
import type { HarvestReport } from '../report-data';

interface CountedGroup {
  readonly group: OutcomeGroup;
  readonly members: readonly (readonly [Outcome, number])[];
  readonly sum: number;
}

/** What is counted. */
const ITEMS = {
  search: { heading: 'Addresses', one: 'address', many: 'addresses', caption: 'What became of every address' },
  import: { heading: 'Files', one: 'file', many: 'files', caption: 'What became of every file' },
} as const;

const columnsOf = (origin: CountedOrigin): readonly Column[] => [
  { heading: 'Outcome' },
  { heading: ITEMS[origin].heading, align: 'number' },
  { heading: 'Share', align: 'number' },
  { heading: '', align: 'graphic' },
];

/** What became of every address or file, in plain words, most frequent first within its group. */
export function outcomeTable(outcomes: HarvestReport['outcomes'], origin: CountedOrigin): Markup {
  const groups = countGroups(outcomes);
  const whole = groups.reduce((sum, group) => sum + group.sum, 0);
  if (whole === 0)
    return html`<p class="soft">${origin === 'search' ? 'Nothing was fetched.' : 'Nothing was imported.'}</p>`;
  const most = Math.max(...groups.flatMap(({ members }) => members.map(([, amount]) => amount)));
  return html`<p>${summary(groups, whole, origin)}</p>
    ${dataTable({
      caption: ITEMS[origin].caption,
      columns: columnsOf(origin),
      groups: groups
        .filter(({ members }) => members.length > 0)
        .map(({ group, members }) => ({
          heading: OUTCOME_GROUPS[group],
          rows: members.map(([outcome, amount]) =>
            outcomeRow(outcomeWords(outcome, origin), outcome, { amount, whole, most }),
          ),
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
  { group, label, explanation }: OutcomeWords,
  outcome: Outcome,
  { amount, whole, most }: { readonly amount: number; readonly whole: number; readonly most: number },
): MarkupValue[] {
  const again = RETRYABLE_OUTCOMES.has(outcome) && ' Worth another try later.';
  return [
    html`${label} <code class="name">${outcome}</code><span class="meaning">${explanation}${again}</span>`,
    count(amount),
    percent(amount / whole),
    bar([{ value: amount, style: group === 'kept' ? 'fill-accent' : 'fill-soft' }], most),
  ];
}

function summary(groups: readonly CountedGroup[], whole: number, origin: CountedOrigin): string {
  const sum = (group: OutcomeGroup): number => groups.find((entry) => entry.group === group)?.sum ?? 0;
  const of = (group: OutcomeGroup): string => share(sum(group), whole);
  const { one, many } = ITEMS[origin];
  const taken =
    `Of ${plural(whole, one, many)}, ${of('kept')} gave an image that was kept; ${of('copy')} were copies, ` +
    `${of('unusable')} gave no usable image`;
  if (origin === 'import' && sum('undelivered') + sum('refused') === 0) return `${taken}.`;
  return `${taken}, ${of('undelivered')} were not delivered, and ${of('refused')} were left alone on purpose.`;
}
