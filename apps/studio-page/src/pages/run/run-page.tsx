import type { StudioRunDetail } from '@winnow/contracts';
import { Link, useParams } from '@tanstack/react-router';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { formatClock, formatDuration } from '../../parts/durations';
import { formatCount } from '../../parts/numbers';
import { PageBody, PageSection } from '../../parts/page-body';
import { ScrollTable } from '../../parts/scroll-table';
import { useProject } from '../../server/project';
import { StepButton } from '../../steps/step-button';
import { StepList } from '../../steps/step-list';
import { percentText, runTitle, settingTitle, stateText } from '../runs/run-words';
import { useRun } from '../runs/use-runs';
import { RUN_ADDRESS, RunCurves } from './run-curves';
import styles from './run-page.module.css';

/** One student: while it learns, and afterwards. */
export default function RunPage(): React.JSX.Element {
  const { run: id = '' } = useParams({ strict: false }) as { readonly run?: string };
  const run = useRun(id);
  const { search } = useAddress();
  const frame = frameSearch(search);
  const address = useAddressValues(RUN_ADDRESS);
  return (
    <PageBody
      title={
        <>
          {run.method} <span className="soft">seed {run.seed}</span>
        </>
      }
      name={runTitle(run)}
      lead={
        <span aria-live="polite">
          {run.model} · {stateText(run)} · begun {formatClock(run.startedAt)}
        </span>
      }
      actions={
        <>
          <Link to="/runs" search={frame as never}>
            All runs
          </Link>
          {run.confusion === null ? null : (
            <Link to="/confusion" search={{ ...frame, runs: run.id } as never}>
              Confusion
            </Link>
          )}
          {run.isFinished ? (
            <Link to={`/try/${run.id}`} search={frame as never}>
              Try it
            </Link>
          ) : null}
          <RunSteps run={run} />
        </>
      }
    >
      <StepList of={['train', 'evaluate', 'export']} />
      {run.progress === null ? null : (
        <div className={styles.progress}>
          <progress aria-label="Done" value={run.progress.done} max={run.progress.total ?? run.epochs} />
          <span>
            {formatCount(run.progress.done)}
            {run.progress.total === null ? '' : ` of ${formatCount(run.progress.total)}`} {run.progress.unit}
          </span>
          <span className="soft">{run.progress.detail}</span>
        </div>
      )}
      <Figures run={run} />
      <RunCurves run={run} address={address} />
      <Settings run={run} />
      {run.notes.length === 0 ? null : (
        <PageSection title="Notes">
          <ul className={styles.notes}>
            {run.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </PageSection>
      )}
    </PageBody>
  );
}

/** An interrupted run goes on by the command that began it. */
function RunSteps({ run }: { readonly run: StudioRunDetail }): React.JSX.Element | null {
  const { file } = useProject();
  if (run.progress !== null) return null;
  if (run.isFinished) {
    return (
      <StepButton
        step={{ step: 'export', options: { run: run.name } }}
        says="Writes its network as ONNX, TensorFlow.js and safetensors in float32, float16 and int8, each measured."
      >
        Export …
      </StepButton>
    );
  }
  if (!isKnownMethod(run.method)) return <CommandLine command={`winnow train ${file}`} />;
  const options = { method: run.method, seed: run.seed, epochs: run.epochs };
  return (
    <StepButton
      step={{ step: 'train', options }}
      says="Goes on from its last checkpoint, where the project file has the same settings as then; else a new run begins."
    >
      Go on …
    </StepButton>
  );
}

const isKnownMethod = (method: string): boolean => /^[a-z][\w-]*$/.test(method);

function Figures({ run }: { readonly run: StudioRunDetail }): React.JSX.Element {
  const last = run.curves.at(-1);
  const figures: readonly (readonly [string, string])[] = [
    [run.accuracy === null ? 'agreement' : 'accuracy', `${percentText(run.accuracy ?? run.agreement)} %`],
    ...(run.ece === null ? [] : [['calibration error', `${percentText(run.ece)} %`] as const]),
    ...(last?.values['loss'] === undefined ? [] : [['loss', last.values['loss'].toFixed(3)] as const]),
    ['time', run.seconds === null ? '–' : formatDuration(run.seconds)],
    ...(run.peakMemoryBytes === null ? [] : [['memory', `${Math.round(run.peakMemoryBytes / 2 ** 20)} MiB`] as const]),
    ['engine', run.engine],
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value.startsWith('– %') ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Settings({ run }: { readonly run: StudioRunDetail }): React.JSX.Element {
  return (
    <details className={styles.settings}>
      <summary>Settings ({Object.keys(run.settings).length})</summary>
      <ScrollTable caption="Settings of this run">
        <tbody>
          {Object.entries(run.settings).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{settingTitle(name)}</th>
              <td className={styles.value}>
                <bdi>{value}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </details>
  );
}
