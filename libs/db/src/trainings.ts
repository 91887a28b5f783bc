import path from 'node:path';
import { enterHolders, listHolders } from './holder-list';
import { lockHolder } from './holder-lock';
import type { Holder } from './holder-lock';

const PREFIX = 'training-';

/** The lock of whoever prepares a training in a folder of runs; earlier versions hold it to the end of theirs. */
export const preparingLock = (runsDir: string): string => path.join(runsDir, 'train.lock');

/** Enters this process in the list of those that train in a folder of runs, which is there. @returns ends that */
export async function enterTrainings(runsDir: string, command: string): Promise<() => Promise<void>> {
  // For what it removes: entries of killed processes.
  await listHolders(runsDir, PREFIX);
  return enterHolders(runsDir, PREFIX, command);
}

/** Every living process that trains in a folder of runs, once. */
export async function listTrainings(runsDir: string): Promise<readonly Holder[]> {
  const preparing = await lockHolder(preparingLock(runsDir));
  const holders = [...(await listHolders(runsDir, PREFIX)), ...(preparing === null ? [] : [preparing])];
  return [...new Map(holders.map((holder) => [`${holder.host} ${holder.pid}`, holder])).values()].sort(
    (a, b) => a.pid - b.pid,
  );
}
