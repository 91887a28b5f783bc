import type { StartStep } from '@winnow/contracts';
import { useState } from 'react';
import styles from './handover.module.css';

/** The same as keys of the project file, to copy: nobody but a person writes there. */
export function YamlLines({ step: { options = {} } }: { readonly step: StartStep }): React.JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const { holdout, ...scalars } = options;
  const text = [
    'build:',
    ...Object.entries(scalars).map(
      ([name, value]) => `  ${name}: ${typeof value === 'number' ? value : quoted(String(value))}`,
    ),
    ...(holdout === undefined ? [] : [`  holdout: [${quoted(String(holdout))}]`]),
  ].join('\n');
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

const quoted = (text: string): string => (/^[a-z]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`);
