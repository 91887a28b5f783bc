import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { readBytes } from '../../server/client';
import type { StudentClient } from './student-client';
import { startStudentClient } from './student-client';
import type { LoadedStudent } from './worker-messages';

/** A student that answers. */
export interface ReadyStudent {
  readonly facts: LoadedStudent;
  readonly client: StudentClient;
}

/** Its weights in a worker, as long as it is shown. @throws what loading them threw: it is the query's error */
export function useStudent(run: string): { readonly student: ReadyStudent | undefined; readonly error: Error | null } {
  const { data, error } = useQuery({
    queryKey: ['try', run, 'student'],
    queryFn: async ({ signal }): Promise<ReadyStudent> => {
      const weights = await readBytes('/api/try/:run/weights', { parts: { run }, signal });
      const client = startStudentClient();
      try {
        return { client, facts: await client.ask('load', { weights }) };
      } catch (failure) {
        client.close();
        throw failure;
      }
    },
    retry: false,
    // The worker ends with the page: what is kept would be a student that answers no more.
    gcTime: 0,
    staleTime: Infinity,
  });
  const client = data?.client;
  useEffect(() => () => client?.close(), [client]);
  return { student: data, error };
}
