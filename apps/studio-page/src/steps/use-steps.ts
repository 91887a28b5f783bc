import type { StartStep, StudioSteps } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { notify } from '../parts/notices';
import { read, write } from '../server/client';
import { queryClient } from '../server/project';

const STEPS = ['project', 'steps'];
const LIVE_MILLIS = 1500;

/** Steps that pages started, their last lines, and whether any may be started. */
export function useSteps(): StudioSteps | undefined {
  const { data } = useQuery({
    queryKey: STEPS,
    queryFn: ({ signal }) => read('/api/steps', { signal }),
    refetchInterval: ({ state }) => (state.data?.steps.some((step) => step.state !== 'ended') ? LIVE_MILLIS : false),
  });
  return data;
}

/** @returns whether it was started; else why not was said */
export async function startStep(step: StartStep): Promise<boolean> {
  return told(write('/api/steps', step));
}

export async function stopStep(id: string): Promise<boolean> {
  return told(write('/api/steps/stop', { id }));
}

async function told(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    notify({ text: error instanceof Error ? error.message : String(error), isAlarm: true });
    return false;
  } finally {
    void queryClient.invalidateQueries({ queryKey: STEPS });
  }
}
