import { useEffect } from 'react';
import styles from './page-body.module.css';

export interface PageBodyProps {
  readonly title: React.ReactNode;
  /** In the window's title; also where `title` is no text. */
  readonly name: string;
  /** One line under the title. */
  readonly lead?: React.ReactNode;
  /** Buttons beside the title. */
  readonly actions?: React.ReactNode;
  readonly children: React.ReactNode;
}

/** A page that is read from above: title, what can be done, sections. */
export function PageBody({ title, name, lead, actions, children }: PageBodyProps): React.JSX.Element {
  usePageTitle(name);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of such a page. */
export function PageSection({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: React.ReactNode;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.sectionHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

export function usePageTitle(name: string): void {
  useEffect(() => {
    document.title = `${name} · winnow studio`;
  }, [name]);
}
