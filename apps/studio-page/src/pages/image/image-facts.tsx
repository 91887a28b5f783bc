import type { ImageDetail } from '@winnow/contracts';
import { useState } from 'react';
import { notify } from '../../parts/notices';
import { countOf } from '../../parts/numbers';
import { attributionOf } from './attribution';
import styles from './image-panel.module.css';

/** What else is known of an image, and what can be copied of it. */
export function ImageFacts({ image }: { readonly image: ImageDetail }): React.JSX.Element {
  const { copies, conflicts, flags, sha256, listings } = image;
  return (
    <footer className={styles.small}>
      {copies === 0 ? 'no copies' : countOf(copies, 'copy', 'copies')}
      {conflicts.length === 0 ? '' : ` · also found as ${conflicts.join(', ')}`}
      {flags.map((flag) => ` · ${flag.replace('_', ' ')}`)}
      {' · '}
      <code>{sha256.slice(0, 12)}</code> <CopyButton key={sha256} text={sha256} title="Copy sha256" />{' '}
      {listings.length === 0 ? null : (
        <CopyButton key={`of ${sha256}`} text={attributionOf(listings)} title="Copy attribution" />
      )}
    </footer>
  );
}

function CopyButton({ text, title }: { readonly text: string; readonly title: string }): React.JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      notify({ text: `The browser does not let it be copied: ${text}`, isAlarm: true });
    }
  };
  return (
    <button type="button" onClick={() => void copy()} onBlur={() => setCopied(false)}>
      <span aria-live="polite">{isCopied ? 'Copied' : title}</span>
    </button>
  );
}
