import { Link } from '@tanstack/react-router';
import { EmptyState } from '../parts/empty-state';
import { CommandLine } from '../parts/command-line';
import { StudioError } from '../server/client';

/** No tab of this browser has the key. */
export function Locked(): React.JSX.Element {
  return (
    <EmptyState title="This tab has no key">
      <p>Open the link that the studio printed when it started, or ask it for a new one:</p>
      <CommandLine command="winnow studio PROJECT --link" />
    </EmptyState>
  );
}

export function NobodyThere(): React.JSX.Element {
  return (
    <EmptyState title="The studio does not answer">
      <p>Start it again; this page goes on by itself.</p>
      <CommandLine command="winnow studio PROJECT" />
    </EmptyState>
  );
}

export function NoSuchPage(): React.JSX.Element {
  return (
    <EmptyState title="There is no such page">
      <p>
        <Link to="/">Start</Link> leads everywhere.
      </p>
    </EmptyState>
  );
}

export function PageError({
  error,
  reset,
}: {
  readonly error: unknown;
  readonly reset: () => void;
}): React.JSX.Element {
  const next = error instanceof StudioError ? error.next : null;
  return (
    <EmptyState title="This page could not be shown" isAlarm>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {next === null ? null : <p>{next}</p>}
      <button type="button" onClick={reset}>
        Try again
      </button>
    </EmptyState>
  );
}
