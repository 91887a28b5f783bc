import type { StudioRun, StudioRunDetail, StudioRunGroup } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { listParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import type { Curve } from '../../charts/curve-chart';
import { formatDuration } from '../../parts/durations';
import { EmptyState } from '../../parts/empty-state';
import { PageBody, PageSection } from '../../parts/page-body';
import { ScrollTable } from '../../parts/scroll-table';
import { SeriesTable } from '../../parts/series-table';
import { differingSettings, percentText, runTitle, settingTitle, spreadText } from '../runs/run-words';
import { useLoadedRunDetails, useRuns } from '../runs/use-runs';
import { ClassDots } from './class-dots';
import styles from './compare-page.module.css';
import { CopyTable } from './copy-table';

const CurveChart = lazy(async () => ({ default: (await import('../../charts/curve-chart')).CurveChart }));

const ADDRESS = { runs: listParameter() };
/** More curves are a thicket. */
const MAX_CURVES = 12;

/** Some runs beside each other: what they reached, in which settings they differ, and what one knows that another does not. */
export default function ComparePage(): React.JSX.Element {
  const { values } = useAddressValues(ADDRESS);
  const all = useRuns();
  const { search } = useAddress();
  const frame = frameSearch(search);
  const runs = values.runs.flatMap((id) => all.runs.find((run) => run.id === id) ?? []);
  const details = useLoadedRunDetails(runs.slice(0, MAX_CURVES).map(({ id }) => id));
  const groups = groupsOf(runs, all.groups);
  if (runs.length === 0) {
    return (
      <EmptyState title="Which runs?">
        <p>
          Tick two or more in the{' '}
          <Link to="/runs" search={frame as never}>
            list of runs
          </Link>
          , and compare them.
        </p>
      </EmptyState>
    );
  }
  const tests = new Set(runs.map(({ testDigest }) => testDigest));
  return (
    <PageBody
      title="Compare"
      name="Compare"
      lead={`${runs.length} runs in ${groups.length === 1 ? 'one group' : `${groups.length} groups`}; those of a group differ in their seed only`}
      actions={
        <>
          <Link to="/runs" search={frame as never}>
            All runs
          </Link>
          <CopyTable groups={groups} />
        </>
      }
    >
      {tests.size > 1 ? (
        <p className={styles.warning} role="note">
          They were measured on different test images: their accuracies cannot be compared. <code>winnow evaluate</code>{' '}
          measures all students of the newest data set on the present ones.
        </p>
      ) : null}
      <GroupTable groups={groups} />
      {groups.some(({ perClass }) => Object.keys(perClass).length > 0) ? (
        <PageSection title="Accuracy by class">
          <ClassDots groups={groups} />
        </PageSection>
      ) : null}
      <Curves details={details} />
      {runs.length === 2 ? <Flips first={runs[0] as StudioRun} second={runs[1] as StudioRun} /> : null}
    </PageBody>
  );
}

/** Groups of the runs that were asked for, over these seeds only where some were left out, in the order of the address. */
function groupsOf(runs: readonly StudioRun[], groups: readonly StudioRunGroup[]): readonly StudioRunGroup[] {
  const keys = [...new Set(runs.map(({ group }) => group))];
  return keys.flatMap((key) => groups.find((group) => group.key === key) ?? []);
}

function GroupTable({ groups }: { readonly groups: readonly StudioRunGroup[] }): React.JSX.Element {
  const differing = differingSettings(groups.map(({ settings }) => settings));
  return (
    <PageSection title="Means and deviations">
      <ScrollTable caption="Groups over their seeds">
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col">Model</th>
            <th scope="col" data-number>
              Seeds
            </th>
            <th scope="col" data-number>
              Accuracy %
            </th>
            <th scope="col" data-number>
              ECE %
            </th>
            <th scope="col" data-number>
              Time
            </th>
            {differing.map(({ name }) => (
              <th key={name} scope="col">
                {settingTitle(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group, index) => (
            <tr key={group.key}>
              <th scope="row">{group.name}</th>
              <td>{group.model}</td>
              <td data-number>{group.seeds.join(', ')}</td>
              <td data-number>
                <b>{spreadText(group.accuracy ?? group.agreement)}</b>
              </td>
              <td data-number>{spreadText(group.ece)}</td>
              <td data-number>{formatDuration(group.seconds.mean)}</td>
              {differing.map(({ name, values }) => (
                <td key={name} className={styles.setting}>
                  <bdi>{short(values[index] ?? null)}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      {groups.length > 1 && differing.length === 0 ? (
        <p className="soft">They differ in their data set or test images only.</p>
      ) : null}
    </PageSection>
  );
}

const short = (value: string | null): string =>
  value === null ? '–' : /^[0-9a-f]{32,}$/.test(value) ? value.slice(0, 8) : value;

function Curves({ details }: { readonly details: readonly StudioRunDetail[] }): React.JSX.Element | null {
  const drawn = details.filter(({ curves }) => curves.some(({ values }) => values['accuracy'] !== undefined));
  const x = useMemo(
    () => [...new Set(drawn.flatMap(({ curves }) => curves.map(({ epoch }) => epoch)))].sort((a, b) => a - b),
    [details],
  );
  if (drawn.length === 0) return null;
  const curves = drawn.map((run): Curve => {
    const byEpoch = new Map(run.curves.map(({ epoch, values }) => [epoch, values['accuracy'] ?? null]));
    return { name: runTitle(run), values: x.map((epoch) => byEpoch.get(epoch) ?? null) };
  });
  return (
    <PageSection title="Accuracy while they learnt">
      <Suspense fallback={<div className={styles.waits} />}>
        <CurveChart title="On the test set" x={x} xLabel="epoch" isPercent curves={curves} />
      </Suspense>
      <SeriesTable
        caption="Accuracy by epoch"
        head="Epoch"
        names={curves.map(({ name }) => name)}
        rows={x.map((epoch, at) => ({
          key: epoch,
          head: String(epoch),
          cells: curves.map(({ values }) => percentText(values[at] ?? null)),
        }))}
      />
    </PageSection>
  );
}

function Flips({ first, second }: { readonly first: StudioRun; readonly second: StudioRun }): React.JSX.Element {
  const { search } = useAddress();
  const frame = frameSearch(search);
  const to = (flips: string): never => ({ ...frame, runs: `${first.id},${second.id}`, flips }) as never;
  return (
    <PageSection title="What one knows and the other does not">
      <ul className={styles.flips}>
        <li>
          <Link to="/confusion" search={to('lost')}>
            {runTitle(first)} alone
          </Link>
        </li>
        <li>
          <Link to="/confusion" search={to('gained')}>
            {runTitle(second)} alone
          </Link>
        </li>
      </ul>
    </PageSection>
  );
}
