import type { StudioRunDetail } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { choiceParameter, flagParameter, listParameter, textParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { PageBody, PageSection } from '../../parts/page-body';
import { useProject } from '../../server/project';
import { percentText, runTitle } from '../runs/run-words';
import { useRunDetails } from '../runs/use-runs';
import { ConfusionTable } from './confusion-table';
import { TestImageList } from './test-image-list';

const ADDRESS = {
  runs: listParameter(),
  true: textParameter(),
  predicted: textParameter(),
  flips: choiceParameter(['', 'gained', 'lost'] as const, ''),
  shares: flagParameter(),
};

/** What was taken for what, each cell a list of its images; of two runs, what one alone knows. */
export default function ConfusionPage(): React.JSX.Element {
  const { file } = useProject();
  const { values, change } = useAddressValues(ADDRESS);
  const { search } = useAddress();
  const frame = frameSearch(search);
  const runs = useRunDetails(values.runs.slice(0, 2));
  const [first, second] = runs;
  if (first === undefined) {
    return (
      <EmptyState title="Of which run?">
        <p>
          Open a run in the{' '}
          <Link to="/runs" search={frame as never}>
            list of runs
          </Link>
          , and its confusion there.
        </p>
      </EmptyState>
    );
  }
  const flips = second === undefined ? '' : values.flips;
  return (
    <PageBody
      title="Confusion"
      name={`Confusion of ${runs.map(runTitle).join(' and ')}`}
      lead={runs.map((run) => `${runTitle(run)}: ${percentText(run.accuracy)} %`).join(' · ')}
      actions={runs.map((run) => (
        <Link key={run.id} to={`/runs/${run.id}`} search={frame as never}>
          {runTitle(run)}
        </Link>
      ))}
    >
      {second === undefined ? null : <FlipChoice first={first} second={second} flips={flips} change={change} />}
      {first.confusion === null ? (
        <EmptyState title="There is no table of this run" isPart>
          <p>It was not measured on a test set, or there are too many classes for a table.</p>
          <CommandLine command={`winnow evaluate ${file}`} />
        </EmptyState>
      ) : (
        <PageSection
          title={second === undefined ? 'True class by predicted class' : runTitle(first)}
          aside={
            <label>
              <input
                type="checkbox"
                checked={values.shares}
                onChange={({ target }) => change({ shares: target.checked })}
              />{' '}
              in percent of the true class
            </label>
          }
        >
          <ConfusionTable
            counts={first.confusion}
            classes={first.testClasses}
            isShares={values.shares}
            chosen={{ trueClass: values.true, predicted: values.predicted }}
            onChoose={(trueClass, predicted) => change({ true: trueClass, predicted, flips: '' })}
          />
        </PageSection>
      )}
      {values.true === '' && flips === '' ? (
        <p className="soft">Choose a cell: its images are shown here.</p>
      ) : (
        <TestImageList
          // Another cell is another list: images of the one before are none of it.
          key={JSON.stringify([values.runs, values.true, values.predicted, flips])}
          runs={flips === '' ? [first] : runs}
          filter={{ trueClass: values.true, predicted: values.predicted, flips }}
        />
      )}
    </PageBody>
  );
}

function FlipChoice({
  first,
  second,
  flips,
  change,
}: {
  readonly first: StudioRunDetail;
  readonly second: StudioRunDetail;
  readonly flips: '' | 'gained' | 'lost';
  readonly change: (changes: {
    readonly flips: '' | 'gained' | 'lost';
    readonly true: string;
    readonly predicted: string;
  }) => void;
}): React.JSX.Element {
  const choose = (chosen: typeof flips): void =>
    change({ flips: chosen === flips ? '' : chosen, true: '', predicted: '' });
  return (
    <PageSection title="What one knows and the other does not">
      <p>
        <button type="button" aria-pressed={flips === 'lost'} onClick={() => choose('lost')}>
          {runTitle(first)} alone is right
        </button>{' '}
        <button type="button" aria-pressed={flips === 'gained'} onClick={() => choose('gained')}>
          {runTitle(second)} alone is right
        </button>
      </p>
    </PageSection>
  );
}
