import type { StudioStep, StudioStepName } from '@winnow/contracts';
import { formatClock } from '../parts/durations';
import styles from './steps.module.css';
import { startStep, stopStep, useSteps } from './use-steps';

/** Commands that were started here and are of this page's matter: under way, or the last one that ended. */
export function StepList({ of }: { readonly of: readonly StudioStepName[] }): React.JSX.Element | null {
  const steps = useSteps()?.steps.filter(({ step }) => of.includes(step)) ?? [];
  const shown = steps.filter(({ state }, index) => state !== 'ended' || index === 0);
  if (shown.length === 0) return null;
  return (
    <div className={styles.list}>
      {shown.map((step) => (
        <StepView key={step.id} step={step} />
      ))}
    </div>
  );
}

function StepView({ step }: { readonly step: StudioStep }): React.JSX.Element {
  const { id, step: name, options, command, state, startedAt, endedAt, exitCode, outcome, lines } = step;
  const hasFailed = state === 'ended' && exitCode !== 0 && exitCode !== 130;
  return (
    <section className={styles.step} data-failed={hasFailed || undefined} aria-label={command}>
      <div className={styles.stepHead}>
        <code>{command}</code>
        <span className="soft" role="status">
          {state === 'ended' ? outcome : state === 'stopping' ? 'stopping at a safe point …' : 'under way'} ·{' '}
          {formatClock(startedAt)}
          {endedAt === null ? '' : `–${formatClock(endedAt)}`}
        </span>
        {state === 'running' ? (
          <button type="button" onClick={() => void stopStep(id)}>
            Stop at a safe point
          </button>
        ) : null}
        {hasFailed ? (
          <button type="button" onClick={() => void startStep({ step: name, options: { ...options } })}>
            Again
          </button>
        ) : null}
      </div>
      {lines.length === 0 ? null : (
        <details open={hasFailed}>
          <summary>
            Last lines<span className={styles.last}> · {lines.at(-1)}</span>
          </summary>
          <pre tabIndex={0} aria-label="Last lines of the command">
            {lines.slice(-20).join('\n')}
          </pre>
        </details>
      )}
    </section>
  );
}
