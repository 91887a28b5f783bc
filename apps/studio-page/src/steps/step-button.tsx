import type { StartStep } from '@winnow/contracts';
import { useState } from 'react';
import { Dialog } from '../keys/dialog';
import { CommandLine } from '../parts/command-line';
import { useProject } from '../server/project';
import { commandOf } from './command-of';
import styles from './steps.module.css';
import { startStep, useSteps } from './use-steps';

export interface StepButtonProps {
  readonly step: StartStep;
  readonly children: React.ReactNode;
  /** What it does and what it costs, in a sentence. */
  readonly says: string;
}

/** Says which command it stands for, then starts it; where this studio may not, the command is there to copy. */
export function StepButton({ step, children, says }: StepButtonProps): React.JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {children}
      </button>
      {isOpen ? <StepDialog step={step} says={says} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

export interface StepDialogProps extends Pick<StepButtonProps, 'step' | 'says'> {
  readonly onClose: () => void;
  /** What there is to know before it is started. */
  readonly children?: React.ReactNode;
}

/** The command of a step, and a button that starts it. */
export function StepDialog({ step, says, onClose, children }: StepDialogProps): React.JSX.Element {
  const { file } = useProject();
  const steps = useSteps();
  const refused = steps?.refused ?? null;
  const start = (): void => {
    void startStep(step).then((isStarted) => (isStarted ? onClose() : undefined));
  };
  return (
    <Dialog title={`winnow ${step.step}`} onClose={onClose}>
      <div className={styles.dialog}>
        <p>{says}</p>
        {children}
        <CommandLine command={commandOf(step, file)} />
        {refused === null ? (
          <div className={styles.buttons}>
            <button type="button" className={styles.main} onClick={start} autoFocus>
              Start it here
            </button>
            <span className="soft">at lower priority; it can be stopped at a safe point</span>
          </div>
        ) : (
          <p className="soft">{refused} The command above does the same in a terminal.</p>
        )}
      </div>
    </Dialog>
  );
}
