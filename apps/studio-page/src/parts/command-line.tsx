import { useState } from 'react';
import styles from './command-line.module.css';

/** A command as a terminal would have it, to copy. */
export function CommandLine({ command }: { readonly command: string }): React.JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
  };
  return (
    <span className={styles.line}>
      <code>{command}</code>
      <button type="button" onClick={() => void copy()} onBlur={() => setCopied(false)}>
        <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
        <span className="unseen"> {command}</span>
      </button>
    </span>
  );
}
