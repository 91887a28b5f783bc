import { useEffect, useState } from 'react';
import { readBytes } from '../../server/client';
import type { StudentClient } from './student-client';
import { startStudentClient } from './student-client';
import type { LoadedStudent } from './worker-messages';

/** A student that answers. */
export interface ReadyStudent {
  readonly facts: LoadedStudent;
  readonly client: StudentClient;
}

interface Loaded {
  readonly student: ReadyStudent | undefined;
  readonly error: Error | null;
}

const NOTHING: Loaded = { student: undefined, error: null };

/**
 * Its weights in a worker, as long as it is shown: no query, as what invalidates those would load it anew under an image
 * that it is being asked about, and what they keep would be a student that answers no more.
 */
export function useStudent(run: string): Loaded {
  const [loaded, setLoaded] = useState(NOTHING);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    setLoaded(NOTHING);
    const show = (now: Loaded): void => {
      if (!signal.aborted) setLoaded(now);
    };
    openStudent(run, signal).then(
      (student) => show({ student, error: null }),
      (error: Error) => show({ student: undefined, error }),
    );
    return () => leaving.abort();
  }, [run]);
  return loaded;
}

/** @param signal ends its worker, also while it loads */
async function openStudent(run: string, signal: AbortSignal): Promise<ReadyStudent> {
  const weights = await readBytes('/api/try/:run/weights', { parts: { run }, signal });
  signal.throwIfAborted();
  const client = startStudentClient();
  signal.addEventListener('abort', client.close, { once: true });
  try {
    return { client, facts: await client.ask('load', { weights }) };
  } catch (failure) {
    client.close();
    throw failure;
  }
}
