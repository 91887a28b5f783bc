import type { SheetGroupCount, StudioSheets } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flagParameter, textParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { decide } from '../../decisions/decision-queue';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { notify } from '../../parts/notices';
import { countOf, formatCount, formatPercent } from '../../parts/numbers';
import { usePageTitle } from '../../parts/page-body';
import { Waiting } from '../../parts/waiting';
import { read, WHILE_PASSING } from '../../server/client';
import { useProject, useShown } from '../../server/project';
import { sayingWords } from '../images/tile-words';
import { FilterChips } from '../images/filter-chips';
import { appliedFilters, filterTexts, LIST_FILTERS } from '../images/image-query';
import { Sheet } from './sheet';
import type { StoredSheet } from './use-sheet';
import { claimOf, groupTitle, sheetSearch } from './sheet-claims';
import styles from './sheets.module.css';

/** The rest follows as these are done. */
const MAX_SHOWN = 60;

/** Of which images; and which group of them is shown, by its title. */
const ADDRESS = { ...LIST_FILTERS, group: textParameter(), doubtful: flagParameter() };

/** Sixty images alike at once: exceptions are marked, the rest is stored as one batch. */
export default function SheetsPage(): React.JSX.Element {
  usePageTitle('Sheets');
  const { file } = useProject();
  const { build, split } = useShown();
  const { search } = useAddress();
  const frame = frameSearch(search);
  const { values, change } = useAddressValues(ADDRESS);
  const filters = filterTexts(values);
  const { data, error, failureReason } = useQuery({
    ...WHILE_PASSING,
    queryKey: ['decisions', 'sheets', frame, filters],
    queryFn: ({ signal }) => read('/api/sheets', { search: { ...frame, ...filters }, signal }),
    enabled: split !== null,
  });
  if (build === null || split === null) {
    return (
      <EmptyState title={build === null ? 'No data set yet' : 'No split yet'}>
        <p>A sheet holds images of which a split says the same.</p>
        <CommandLine command={`winnow ${build === null ? 'build' : 'split'} ${file}`} />
      </EmptyState>
    );
  }
  if (error !== null) {
    return (
      <EmptyState title="The sheets cannot be shown now" isAlarm>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  if (data === undefined) return <Waiting reason={failureReason} isPage />;
  if (data.groups.length > 0) return <Groups groups={data.groups} checks={data.checks} splitId={split.id} />;
  const applied = appliedFilters(values);
  return (
    <EmptyState title={applied.length === 0 ? 'Every image is decided' : 'Every image of this list is decided'}>
      <FilterChips applied={applied} change={change} />
      <p>
        <Link to="/measure" search={frame as never}>
          Measure
        </Link>{' '}
        says how right the split was without you.
      </p>
    </EmptyState>
  );
}

interface GroupsProps {
  readonly groups: readonly SheetGroupCount[];
  readonly checks: StudioSheets['checks'];
  readonly splitId: string;
}

/** Groups at the side, the sheet of one of them beside it. */
function Groups({ groups, checks, splitId }: GroupsProps): React.JSX.Element {
  const { classes } = useProject();
  const { search } = useAddress();
  const { values, change } = useAddressValues(ADDRESS);
  const group = groups.find((one) => groupTitle(one, classes) === values.group) ?? (groups[0] as SheetGroupCount);
  const choose = (chosen: SheetGroupCount): void => change({ group: groupTitle(chosen, classes) });
  return (
    <div className={styles.page}>
      <aside className={styles.groups} aria-label="Groups">
        <h1>Sheets</h1>
        <p className={styles.hint}>
          Images of which the split says the same and nobody has decided, {countOf(groups.length, 'group')}.
        </p>
        <Checks checks={checks} />
        <FilterChips applied={appliedFilters(values)} change={change} />
        <ol>
          {groups.slice(0, MAX_SHOWN).map((one) => (
            <li key={groupTitle(one, classes)}>
              <button type="button" aria-current={one === group ? 'true' : undefined} onClick={() => choose(one)}>
                <span>{groupTitle(one, classes)}</span>
                <span>{formatCount(one.count)}</span>
              </button>
            </li>
          ))}
        </ol>
      </aside>
      <Sheet
        key={`${groupTitle(group, classes)} ${values.doubtful}`}
        group={group}
        search={{ ...frameSearch(search), ...filterTexts(values), ...sheetSearch(group, classes) }}
        isDoubtfulFirst={values.doubtful}
        onOrder={(doubtful) => change({ doubtful })}
        onSkip={() => choose(groups[(groups.indexOf(group) + 1) % groups.length] as SheetGroupCount)}
        onStore={(sheet) => storeSheet(sheet, group, { classes, splitId })}
      />
    </div>
  );
}

/** How often sheets are wrong, as far as that is known. */
function Checks({ checks: { waiting, looked, wrong, share } }: Pick<GroupsProps, 'checks'>): React.JSX.Element | null {
  if (waiting + looked === 0) return null;
  return (
    <p className={styles.hint}>
      {share === null ? (
        <>
          {countOf(waiting, 'image')} of sheets come again in Review, among the others: they say how often sheets are
          wrong.
        </>
      ) : (
        <>
          Sheets so far:{' '}
          <b>
            {formatCount(wrong)} of {formatCount(looked)} looked at again {wrong === 1 ? 'was' : 'were'} wrong
          </b>{' '}
          ({formatPercent(share.low, 0)} to {formatPercent(share.high, 0)} at 95 %)
          {waiting === 0 ? '' : `; ${formatCount(waiting)} wait in Review`}.
        </>
      )}
    </p>
  );
}

/** Decides of all but the exceptions, in one batch. */
function storeSheet(
  { rest, marked, millis }: StoredSheet,
  group: SheetGroupCount,
  { classes, splitId }: { readonly classes: readonly string[]; readonly splitId: string },
): void {
  const says = claimOf(group, classes);
  const shown = { split: splitId, kind: group.kind, isBlind: false, millis: Math.round(millis / rest.length) };
  decide(
    rest.map(({ sha256 }) => sha256),
    { says, origin: 'sheet', shown },
  );
  const exceptions = marked.length === 0 ? '' : `; ${marked.length} stay for Review`;
  notify({
    text: `${countOf(rest.length, 'image')} decided: ${sayingWords(says)}${exceptions}. U takes it back.`,
  });
}
