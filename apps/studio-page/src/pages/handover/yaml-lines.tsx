import type { StartStep, StudioHandover } from '@winnow/contracts';
import { useState } from 'react';
import styles from './handover.module.css';
import { projectLines } from './project-lines';

/** The same as keys of the project file, to copy: nobody but a person writes there. */
export function YamlLines({
  options = {},
  holdout,
}: Pick<StartStep, 'options'> & Pick<StudioHandover, 'holdout'>): React.JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const text = projectLines(options, holdout);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <details className={styles.yaml}>
      <summary>As lines of the project file</summary>
      <pre tabIndex={0} aria-label="Lines of the project file">
        {text}
      </pre>
      <button type="button" onClick={() => void copy()} onBlur={() => setCopied(false)}>
        <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
        <span className="unseen"> the lines of the project file</span>
      </button>
    </details>
  );
}
