import { useEffect, useState } from 'react';
import { StudioError } from '../server/client';
import { EmptyState } from './empty-state';

interface WaitingProps {
  /** What is waited for, in a word or two. */
  readonly says?: string | undefined;
  /** Why the last answer was none, where it is asked for again and again; null: none came yet. */
  readonly reason?: Error | null;
  /** In place of a whole page, or of a large part of one. */
  readonly isPage?: boolean;
}

/** What is there sooner needs no word. */
export const LATE_MILLIS = 400;

/** In place of what is not there yet: after 400 ms a word, or what it waits for and what helps; nothing that moves. */
export function Waiting({ says = 'Loading …', reason = null, isPage = false }: WaitingProps): React.JSX.Element {
  const [isLate, setLate] = useState(false);
  // Not by an animation of styles: where motion is unwanted those have no delay.
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MILLIS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" data-waiting="">
      {isLate ? <Word {...{ says, reason, isPage }} /> : null}
    </div>
  );
}

function Word({ says, reason, isPage }: Required<WaitingProps>): React.JSX.Element {
  if (reason === null && !isPage) return <p className="soft">{says}</p>;
  const next = reason instanceof StudioError ? reason.next : null;
  return (
    <EmptyState title={reason?.message ?? says ?? ''} isPart={!isPage}>
      {next === null ? null : <p>{next}</p>}
    </EmptyState>
  );
}
