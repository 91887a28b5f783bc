import { useState } from 'react';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { useProject } from '../../server/project';
import { commandOf } from '../../steps/command-of';
import { StepButton } from '../../steps/step-button';
import { runTitle, percentText } from '../runs/run-words';
import { useRuns } from '../runs/use-runs';
import styles from './handover.module.css';

const FORMATS = ['safetensors', 'onnx', 'tfjs'] as const;

/** Which run, and which files of its weights. */
export function BundleForm(): React.JSX.Element {
  const { file } = useProject();
  const runs = useRuns().runs.filter(({ isFinished }) => isFinished);
  const [run, setRun] = useState('');
  const [formats, setFormats] = useState<readonly string[]>(FORMATS);
  if (runs.length === 0) {
    return (
      <EmptyState title="No student yet" isPart>
        <p>A bundle holds a student that has finished, its cards, attribution, corrections and the report.</p>
        <CommandLine command={`winnow train ${file}`} />
      </EmptyState>
    );
  }
  const best = runs.reduce((a, b) => ((b.accuracy ?? -1) > (a.accuracy ?? -1) ? b : a));
  const chosen = runs.find(({ id }) => id === run) ?? best;
  const options = { run: chosen.name, ...(formats.length < FORMATS.length && { format: [...formats] }) };
  const step = { step: 'bundle' as const, options };
  return (
    <div className={styles.bundle}>
      <p>
        One folder that opens without winnow: weights, model card, data card with the measured label noise, attribution,
        corrections, report and a README that says what is what.
      </p>
      <form className={styles.form} aria-label="Bundle" onSubmit={(event) => event.preventDefault()}>
        <label className={styles.row}>
          <span>Run</span>
          <select value={chosen.id} onChange={({ target }) => setRun(target.value)}>
            {runs.map((one) => (
              <option key={one.id} value={one.id}>
                {runTitle(one)} · {percentText(one.accuracy ?? one.agreement)} % · {one.name}
              </option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend>Weights as</legend>
          {FORMATS.map((format) => (
            <label key={format}>
              <input
                type="checkbox"
                checked={formats.includes(format)}
                disabled={formats.length === 1 && formats.includes(format)}
                onChange={({ target }) =>
                  setFormats(FORMATS.filter((one) => (one === format ? target.checked : formats.includes(one))))
                }
              />{' '}
              {format}
            </label>
          ))}
        </fieldset>
      </form>
      <CommandLine command={commandOf(step, file)} />
      <div>
        <StepButton
          step={step}
          says={`Writes the folder bundle/${chosen.name} where the studio was started, each file of weights measured against the network. An earlier bundle there is replaced.`}
        >
          Bundle …
        </StepButton>
      </div>
    </div>
  );
}
