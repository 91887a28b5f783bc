import { useEffect, useState } from 'react';
import { formatPercent } from '../../parts/numbers';
import { PageSection } from '../../parts/page-body';
import { Waiting } from '../../parts/waiting';
import { dropsInWords, SeenSquare } from './seen-square';
import { largestShares, sharesOf } from './shares';
import styles from './try.module.css';
import type { Subject, Trial, TrialActs } from './use-trial';
import type { LoadedStudent } from './worker-messages';

const SHOWN = 5;

interface AnswerPanelProps {
  readonly trial: Trial;
  readonly acts: TrialActs;
  readonly facts: LoadedStudent;
  readonly temperature: number | null;
}

/** What the student says of one image. */
export function AnswerPanel({ trial, acts, facts, temperature }: AnswerPanelProps): React.JSX.Element {
  const { subject, answer, error } = trial;
  return (
    <PageSection
      title={titleOf(subject)}
      aside={
        <button type="button" onClick={() => acts.clear()}>
          Clear
        </button>
      }
    >
      {error === null ? null : (
        <p role="alert" className={styles.alarm}>
          {error}
        </p>
      )}
      {answer === null ? (
        error === null ? (
          <Waiting says="Looking …" />
        ) : null
      ) : (
        <div className={styles.answer}>
          <Images trial={trial} acts={acts} size={facts.size} />
          <div className={styles.says}>
            <Shares logits={answer.logits} classes={facts.classes} temperature={temperature} />
            <p className={styles.note}>
              {answer.millis.toFixed(answer.millis < 10 ? 1 : 0)} ms for the network
              {answer.from === null ? '' : ` · from ${answer.from.width} x ${answer.from.height} pixels`} ·{' '}
              {facts.backend}
            </p>
            <CheckLine trial={trial} acts={acts} />
          </div>
        </div>
      )}
    </PageSection>
  );
}

function titleOf(subject: Subject): string {
  if (subject.kind === 'file') return subject.name;
  const { trueClass, predicted } = subject.mistake;
  return `${trueClass}, taken for ${predicted}`;
}

function Images({
  trial: { subject, answer, drops },
  acts,
  size,
}: {
  readonly trial: Trial;
  readonly acts: TrialActs;
  readonly size: number;
}): React.JSX.Element | null {
  const [isOn, setIsOn] = useState(false);
  const address = useFileAddress(subject);
  useEffect(() => {
    if (isOn) acts.findDrops();
    // An image that comes while the overlay is on gets one, too; the acts are made anew with each drawing.
  }, [isOn, answer]);
  if (answer === null) return null;
  return (
    <div className={styles.images}>
      {address === null ? null : (
        <figure>
          <img src={address} alt="The image as it came" />
          <figcaption>the image</figcaption>
        </figure>
      )}
      <figure>
        <SeenSquare square={answer.square} size={size} drops={isOn ? drops : null} />
        <figcaption>
          what it saw, {size} x {size}
        </figcaption>
      </figure>
      <label className={styles.toggle}>
        <input type="checkbox" checked={isOn} onChange={({ target }) => setIsOn(target.checked)} /> Where it looks: its
        share less where a part is hidden
      </label>
      {!isOn ? null : drops === null ? (
        <Waiting key={answer.millis} says="Hiding 64 parts, one after the other …" />
      ) : (
        <p className={styles.note} role="status">
          {dropsInWords(drops)}
        </p>
      )}
    </div>
  );
}

function useFileAddress(subject: Subject): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (subject.kind !== 'file') return setAddress(null);
    const made = URL.createObjectURL(subject.file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [subject]);
  return address;
}

function Shares({
  logits,
  classes,
  temperature,
}: {
  readonly logits: Float32Array;
  readonly classes: readonly string[];
  readonly temperature: number | null;
}): React.JSX.Element {
  const shares = largestShares(sharesOf(logits, temperature ?? 1), classes, SHOWN);
  return (
    <>
      <ol className={styles.shares} aria-label="Likeliest classes">
        {shares.map(({ className, share }) => (
          <li key={className}>
            <bdi className={styles.className}>{className}</bdi>
            <span className={styles.bar} aria-hidden="true">
              <span style={{ width: `${share * 100}%` }} />
            </span>
            <span className={styles.amount}>{formatPercent(share)}</span>
          </li>
        ))}
      </ol>
      <p className={styles.note}>
        {temperature === null ? (
          <>
            Shares as the network gives them: <code>winnow evaluate</code> keeps what calibrates them.
          </>
        ) : (
          `Calibrated on the test images: temperature ${temperature.toFixed(2)}.`
        )}
      </p>
    </>
  );
}

/** Four places, as a share of one thousandth counts. */
function differenceText(difference: number): string {
  return difference < 0.00005 ? 'under .0001' : difference.toFixed(4).replace(/^0/, '');
}

function CheckLine({ trial, acts }: { readonly trial: Trial; readonly acts: TrialActs }): React.JSX.Element {
  const { check, subject } = trial;
  return (
    <div className={styles.check}>
      <button type="button" disabled={check === 'asked'} onClick={() => acts.checkAgainstWinnow()}>
        Check against winnow
      </button>
      <p className={styles.note}>
        {subject.kind === 'file'
          ? 'Sends this image to the studio’s server on this machine, which asks '
          : 'Has the server ask '}
        <code>winnow predict</code>
        {subject.kind === 'file' ? ' and stores nothing.' : ' about this test image.'} Shares are compared before they
        are calibrated.
      </p>
      {check === null ? null : check === 'asked' ? (
        <Waiting says="Asking …" />
      ) : (
        <p role="status">
          Largest difference of a share: {differenceText(check.difference)};{' '}
          {check.isSameClass ? 'the same class' : 'another class'}.
        </p>
      )}
    </div>
  );
}
