import type { StudioRun } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { choiceParameter, flagParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { formatClock, formatDuration } from '../../parts/durations';
import { EmptyState } from '../../parts/empty-state';
import { countOf, formatPercent } from '../../parts/numbers';
import { PageBody, PageSection } from '../../parts/page-body';
import { ScrollTable } from '../../parts/scroll-table';
import { useProject } from '../../server/project';
import { StepButton } from '../../steps/step-button';
import { StepList } from '../../steps/step-list';
import { GroupBars } from './group-bars';
import styles from './runs-page.module.css';
import { percentText, runTitle, stateText } from './run-words';
import { useRuns } from './use-runs';

const SORTS = ['newest', 'method', 'model', 'epochs', 'seed', 'accuracy', 'ece', 'time'] as const;
type Sort = (typeof SORTS)[number];

const ADDRESS = { sort: choiceParameter<Sort>(SORTS, 'newest'), ascending: flagParameter() };

const COLUMNS: readonly { readonly sort: Sort; readonly title: string; readonly isNumber?: boolean }[] = [
  { sort: 'newest', title: 'Run' },
  { sort: 'method', title: 'Method' },
  { sort: 'model', title: 'Model' },
  { sort: 'seed', title: 'Seed', isNumber: true },
  { sort: 'epochs', title: 'Epochs', isNumber: true },
  { sort: 'accuracy', title: 'Accuracy %', isNumber: true },
  { sort: 'ece', title: 'ECE %', isNumber: true },
  { sort: 'time', title: 'Time', isNumber: true },
];

/** All students of the project: those under way first, groups over seeds, then a table to choose from. */
export default function RunsPage(): React.JSX.Element {
  const { file } = useProject();
  const { runs, groups, teacherAccuracy } = useRuns();
  if (runs.length === 0) {
    return (
      <EmptyState title="No student yet">
        <p>A student learns from the data set what the teacher knows, label noise accounted for.</p>
        <CommandLine command={`winnow train ${file}`} />
        <TrainButton />
        <StepList of={['train', 'compare', 'evaluate']} />
      </EmptyState>
    );
  }
  const atWork = runs.filter(({ progress }) => progress !== null);
  return (
    <PageBody
      title="Runs"
      name="Runs"
      lead={`${countOf(runs.length, 'run')}, ${runs.filter(({ isFinished }) => isFinished).length} finished${
        teacherAccuracy === null ? '' : ` · teacher ${formatPercent(teacherAccuracy)}`
      }`}
      actions={<TrainButton />}
    >
      <StepList of={['train', 'compare', 'evaluate', 'export']} />
      {atWork.length === 0 ? null : <AtWork runs={atWork} />}
      {groups.length === 0 ? null : (
        <PageSection title="Mean over the seeds">
          <GroupBars groups={groups} teacherAccuracy={teacherAccuracy} />
        </PageSection>
      )}
      <RunTable runs={runs} />
    </PageBody>
  );
}

function TrainButton(): React.JSX.Element {
  return (
    <StepButton
      step={{ step: 'train' }}
      says="Trains a student as the project file says; one that was interrupted goes on from its last checkpoint."
    >
      Train …
    </StepButton>
  );
}

function AtWork({ runs }: { readonly runs: readonly StudioRun[] }): React.JSX.Element {
  const { search } = useAddress();
  return (
    <PageSection title="Under way">
      {runs.map((run) => (
        <div key={run.id} className={styles.atWork}>
          <Link to={`/runs/${run.id}`} search={frameSearch(search) as never}>
            <b>{runTitle(run)}</b>
          </Link>
          <span>{stateText(run)}</span>
          <progress
            aria-label={`${runTitle(run)}, done`}
            value={run.progress?.done ?? 0}
            max={run.progress?.total ?? run.epochs}
          />
          <span className="soft">{run.progress?.detail}</span>
        </div>
      ))}
    </PageSection>
  );
}

function RunTable({ runs }: { readonly runs: readonly StudioRun[] }): React.JSX.Element {
  const { values, change } = useAddressValues(ADDRESS);
  const { search } = useAddress();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const tick = (id: string, isTicked: boolean): void => {
    const next = new Set(ticked);
    if (isTicked) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  const chosen = runs.filter(({ id }) => ticked.has(id)).map(({ id }) => id);
  return (
    <PageSection
      title="All runs"
      aside={
        <span className={styles.compare}>
          {chosen.length < 2 ? (
            <span className="soft">Tick two or more to compare them</span>
          ) : (
            <>
              <Link to="/compare" search={{ ...frameSearch(search), runs: chosen.join(',') } as never}>
                Compare {chosen.length} runs
              </Link>
              <button type="button" onClick={() => setTicked(new Set())}>
                None
              </button>
            </>
          )}
        </span>
      }
    >
      <ScrollTable caption="Runs, to choose from">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Compare</span>
            </th>
            {COLUMNS.map(({ sort, title, isNumber }) => (
              <th
                key={sort}
                scope="col"
                data-number={isNumber}
                aria-sort={values.sort === sort ? (values.ascending ? 'ascending' : 'descending') : undefined}
              >
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() => change({ sort, ascending: values.sort === sort && !values.ascending })}
                >
                  {title}
                  <span aria-hidden="true">{values.sort === sort ? (values.ascending ? ' ▴' : ' ▾') : ''}</span>
                </button>
              </th>
            ))}
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {sorted(runs, values.sort, values.ascending).map((run) => (
            <RunRow
              key={run.id}
              run={run}
              isTicked={ticked.has(run.id)}
              onTick={(isTicked) => tick(run.id, isTicked)}
            />
          ))}
        </tbody>
      </ScrollTable>
    </PageSection>
  );
}

function RunRow({
  run,
  isTicked,
  onTick,
}: {
  readonly run: StudioRun;
  readonly isTicked: boolean;
  readonly onTick: (isTicked: boolean) => void;
}): React.JSX.Element {
  const { search } = useAddress();
  return (
    <tr data-ticked={isTicked || undefined}>
      <td className={styles.tick}>
        <label>
          <input type="checkbox" checked={isTicked} onChange={({ target }) => onTick(target.checked)} />
          <span className="unseen">Compare {run.name}</span>
        </label>
      </td>
      <th scope="row">
        <Link to={`/runs/${run.id}`} search={frameSearch(search) as never}>
          <time dateTime={run.startedAt}>{formatClock(run.startedAt)}</time>
          <span className="unseen"> {run.name}</span>
        </Link>
      </th>
      <td>{run.method}</td>
      <td>{run.model}</td>
      <td data-number>{run.seed}</td>
      <td data-number>{run.isFinished ? run.epochs : `${run.epochsDone}/${run.epochs}`}</td>
      <td data-number>
        <b>{percentText(run.accuracy ?? run.agreement)}</b>
        {run.accuracy === null && run.agreement !== null ? <span className="soft"> agrees</span> : null}
      </td>
      <td data-number>{percentText(run.ece)}</td>
      <td data-number>{run.seconds === null ? '–' : formatDuration(run.seconds)}</td>
      <td>{stateText(run)}</td>
    </tr>
  );
}

function sorted(runs: readonly StudioRun[], sort: Sort, isAscending: boolean): readonly StudioRun[] {
  const value = (run: StudioRun): number | string => {
    switch (sort) {
      case 'newest':
        return run.startedAt;
      case 'time':
        return run.seconds ?? -1;
      case 'accuracy':
      case 'ece':
        return run[sort] ?? -1;
      case 'method':
      case 'model':
      case 'epochs':
      case 'seed':
        return run[sort];
    }
  };
  const sign = isAscending ? 1 : -1;
  return [...runs].sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0));
}
