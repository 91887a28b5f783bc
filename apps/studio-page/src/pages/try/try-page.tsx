import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { frameSearch, useAddress } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { PageBody } from '../../parts/page-body';
import { read } from '../../server/client';
import { useProject } from '../../server/project';
import { percentText, runTitle } from '../runs/run-words';
import { useRuns } from '../runs/use-runs';
import { TryStudent } from './try-student';
import styles from './try.module.css';

/** Students to be tried in this browser. */
export default function TryPage(): React.JSX.Element {
  const { run } = useParams({ strict: false }) as { readonly run?: string };
  return run === undefined ? <RunChooser /> : <TryRun key={run} id={run} />;
}

function RunChooser(): React.JSX.Element {
  const { file } = useProject();
  const { search } = useAddress();
  const finished = useRuns().runs.filter(({ isFinished }) => isFinished);
  if (finished.length === 0) {
    return (
      <EmptyState title="There is no student to try">
        <p>One that has finished learning answers here.</p>
        <CommandLine command={`winnow train ${file}`} />
      </EmptyState>
    );
  }
  return (
    <PageBody title="Try a student" name="Try a student" lead="In this browser; images stay in it.">
      <ul className={styles.runs}>
        {finished.map((run) => (
          <li key={run.id}>
            <Link to={`/try/${run.id}`} search={frameSearch(search) as never}>
              {runTitle(run)}
            </Link>{' '}
            <span className="soft">
              {run.model}
              {run.accuracy === null ? '' : ` · accuracy ${percentText(run.accuracy)} %`} · <bdi>{run.name}</bdi>
            </span>
          </li>
        ))}
      </ul>
    </PageBody>
  );
}

function TryRun({ id }: { readonly id: string }): React.JSX.Element {
  const { file } = useProject();
  const { data: run } = useSuspenseQuery({
    queryKey: ['runs', id, 'try'],
    queryFn: ({ signal }) => read('/api/try/:run', { parts: { run: id }, signal }),
  });
  if (run.weightsBytes !== null) return <TryStudent run={run} />;
  return (
    <EmptyState title="This run has no weights">
      <p>It has not finished, or they were removed. The command that began it goes on.</p>
      <CommandLine command={`winnow train ${file}`} />
    </EmptyState>
  );
}
