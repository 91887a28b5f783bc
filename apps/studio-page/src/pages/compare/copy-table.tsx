import type { StudioRunGroup } from '@winnow/contracts';
import { useState } from 'react';
import { spreadText } from '../runs/run-words';
import styles from './compare-page.module.css';

type Form = 'Markdown' | 'LaTeX' | 'CSV';
const HEAD = ['group', 'model', 'epochs', 'seeds', 'accuracy', 'ECE', 'seconds'];

/** The table of groups for another text. */
export function CopyTable({ groups }: { readonly groups: readonly StudioRunGroup[] }): React.JSX.Element {
  const [copied, setCopied] = useState<Form | null>(null);
  const copy = async (form: Form): Promise<void> => {
    await navigator.clipboard.writeText(tableText(groups, form));
    setCopied(form);
  };
  return (
    <span className={styles.copy} role="group" aria-label="Copy the table">
      {(['Markdown', 'LaTeX', 'CSV'] as const).map((form) => (
        <button key={form} type="button" onClick={() => void copy(form)} onBlur={() => setCopied(null)}>
          <span aria-live="polite">{copied === form ? 'Copied' : form}</span>
        </button>
      ))}
    </span>
  );
}

function tableText(groups: readonly StudioRunGroup[], form: Form): string {
  const rows = groups.map((group) => [
    group.name,
    group.model,
    String(group.epochs),
    group.seeds.join(' '),
    spreadText(group.accuracy ?? group.agreement),
    spreadText(group.ece),
    group.seconds.mean.toFixed(1),
  ]);
  const all = [HEAD, ...rows];
  switch (form) {
    case 'Markdown': {
      const line = (cells: readonly string[]): string =>
        `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
      return `${[line(HEAD), line(HEAD.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
    }
    case 'LaTeX': {
      const cell = (text: string): string =>
        text
          .replace(/[#$%&_{}]/g, '\\$&')
          .replaceAll('±', '$\\pm$')
          .replaceAll('–', '--');
      return `${all.map((cells) => `${cells.map(cell).join(' & ')} \\\\`).join('\n')}\n`;
    }
    case 'CSV': {
      const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
      return `${all.map((cells) => cells.map(cell).join(',')).join('\n')}\n`;
    }
  }
}
