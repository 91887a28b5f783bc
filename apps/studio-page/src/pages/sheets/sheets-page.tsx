import type { ImageTile, SheetGroupCount } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { choiceParameter, flagParameter, listParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { decide } from '../../decisions/decision-queue';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { notify } from '../../parts/notices';
import { countOf, formatCount } from '../../parts/numbers';
import { usePageTitle } from '../../parts/page-body';
import { read } from '../../server/client';
import { useProject, useShown } from '../../server/project';
import { Sheet } from './sheet';
import { claimOf, groupTitle, sheetSearch } from './sheet-claims';
import styles from './sheets.module.css';

const ADDRESS = {
  kind: choiceParameter(['', 'clean', 'closed', 'open'] as const, ''),
  given: listParameter(),
  refined: listParameter(),
  doubtful: flagParameter(),
};

/** Sixty images alike at once: exceptions are marked, the rest is stored as one batch. */
export default function SheetsPage(): React.JSX.Element {
  usePageTitle('Sheets');
  const { file, classes } = useProject();
  const { build, split } = useShown();
  const { search } = useAddress();
  const frame = frameSearch(search);
  const { values, change } = useAddressValues(ADDRESS);
  const { data, error } = useQuery({
    queryKey: ['decisions', 'sheets', frame],
    queryFn: ({ signal }) => read('/api/sheets', { search: frame, signal }),
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
  if (data === undefined) return <EmptyState title="Loading …" />;
  const named = data.groups.find((group) => isNamed(group, values, classes));
  const group = named ?? data.groups[0];
  if (group === undefined) {
    return (
      <EmptyState title="Every image is decided">
        <p>
          <Link to="/measure" search={frame as never}>
            Measure
          </Link>{' '}
          says how right the split was without you.
        </p>
      </EmptyState>
    );
  }
  const choose = (chosen: SheetGroupCount): void =>
    change({
      kind: chosen.kind,
      given: [classes[chosen.given] ?? ''],
      refined: chosen.refined === null ? [] : [classes[chosen.refined] ?? ''],
    });
  const skip = (): void =>
    choose(data.groups[(data.groups.indexOf(group) + 1) % data.groups.length] as SheetGroupCount);
  const store = (rest: readonly ImageTile[], marked: readonly ImageTile[], millis: number): void => {
    const says = claimOf(group, classes);
    const shown = {
      split: split.id,
      kind: group.kind,
      isBlind: false,
      millis: Math.round(millis / Math.max(1, rest.length)),
    };
    decide(
      rest.map(({ sha256 }) => sha256),
      { says, origin: 'sheet', shown },
    );
    notify({
      text: `${countOf(rest.length, 'image')} ${rest.length === 1 ? 'is' : 'are'} ${says.replace(/^class:/, '').replace(/^open$/, 'none of the classes')}${
        marked.length === 0 ? '' : `; ${marked.length} stay for Review`
      }. U takes it back.`,
    });
  };
  return (
    <div className={styles.page}>
      <aside className={styles.groups} aria-label="Groups">
        <h1>Sheets</h1>
        <p className={styles.hint}>
          Images of which the split says the same and nobody has decided, {countOf(data.groups.length, 'group')}.
        </p>
        <ol>
          {data.groups.slice(0, 60).map((one) => (
            <li key={`${one.kind} ${one.given} ${one.refined}`}>
              <button type="button" aria-current={one === group ? 'true' : undefined} onClick={() => choose(one)}>
                <span>{groupTitle(one, classes)}</span>
                <span>{formatCount(one.count)}</span>
              </button>
            </li>
          ))}
        </ol>
      </aside>
      <Sheet
        key={`${group.kind} ${group.given} ${group.refined} ${values.doubtful}`}
        group={group}
        search={{ ...frame, ...sheetSearch(group, classes) }}
        isDoubtfulFirst={values.doubtful}
        onOrder={(isDoubtful) => change({ doubtful: isDoubtful })}
        onSkip={skip}
        onStore={store}
      />
    </div>
  );
}

function isNamed(
  { kind, given, refined }: SheetGroupCount,
  values: { readonly kind: string; readonly given: readonly string[]; readonly refined: readonly string[] },
  classes: readonly string[],
): boolean {
  const likely = refined === null ? '' : classes[refined];
  return kind === values.kind && classes[given] === values.given[0] && likely === (values.refined[0] ?? '');
}
