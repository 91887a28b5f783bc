import type { StudioTry } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { frameSearch, useAddress } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { PageBody } from '../../parts/page-body';
import { Waiting } from '../../parts/waiting';
import { AnswerPanel } from './answer-panel';
import { ImageSources } from './image-sources';
import { MistakeList } from './mistake-list';
import { useStudent } from './use-student';
import type { ReadyStudent } from './use-student';
import styles from './try.module.css';
import { useTrial } from './use-trial';

/** One student: images go in, answers come out. */
export function TryStudent({ run }: { readonly run: StudioTry }): React.JSX.Element {
  const { student, error } = useStudent(run.id);
  const { search } = useAddress();
  const frame = frameSearch(search);
  return (
    <PageBody
      title="Try it"
      name={`Try ${run.name}`}
      lead={
        <>
          <bdi>{run.name}</bdi>
          {student === undefined ? '' : ` · ${student.facts.model} · ${student.facts.backend}`}
        </>
      }
      actions={
        <>
          <Link to={`/runs/${run.id}`} search={frame as never}>
            Its run
          </Link>
          <Link to="/try" search={frame as never}>
            Another student
          </Link>
        </>
      }
    >
      {error !== null ? (
        <EmptyState title="The student does not run in this browser" isAlarm isPart>
          <p>{error.message}</p>
          <CommandLine command={`winnow predict ${run.name} IMAGE`} />
        </EmptyState>
      ) : student === undefined ? (
        <Waiting says={`Loading … (${Math.ceil((run.weightsBytes ?? 0) / 1000)} kB of weights, and WebAssembly)`} />
      ) : (
        <Trials run={run} student={student} />
      )}
    </PageBody>
  );
}

const BY_THE_SERVER =
  'This student learnt from squares that winnow cut where they draw the eye, which no browser does: an image that you try is sent to the studio’s server on this machine to be cut, and is not stored.';

function Trials({ run, student }: { readonly run: StudioTry; readonly student: ReadyStudent }): React.JSX.Element {
  const acts = useTrial(student, run);
  const { trial } = acts;
  const { facts } = student;
  return (
    <>
      <p className={styles.note}>{facts.backend} computes, on the processor: WebGPU is not used.</p>
      <ImageSources
        warning={facts.policy === 'attention' ? BY_THE_SERVER : null}
        onImage={(file, name) => acts.begin({ kind: 'file', file, name })}
      />
      <div aria-live="polite">
        {trial === null ? null : <AnswerPanel trial={trial} acts={acts} facts={facts} temperature={run.temperature} />}
      </div>
      <MistakeList
        run={run}
        chosen={trial?.subject.kind === 'test' ? trial.subject.mistake : null}
        onChoose={(mistake) => acts.begin({ kind: 'test', mistake })}
      />
    </>
  );
}
