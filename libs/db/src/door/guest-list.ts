import { holderEntry, listHolders } from '../holder-list';
import { acquireLock } from '../holder-lock';

const PREFIX = 'db.guest-';

/** Enters this process in the list of those who are guests at a database: a file of its own beside the lock. @returns ends that */
export async function enterGuestList(stateDir: string, command: string): Promise<() => Promise<void>> {
  return acquireLock(holderEntry(stateDir, PREFIX), command);
}

/** Whether processes of the list live; the files of those that were killed are removed. For whoever holds the database. */
export async function hasLivingGuests(stateDir: string): Promise<boolean> {
  return (await listHolders(stateDir, PREFIX)).length > 0;
}
