import type { StudioViews } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { parseSearch, stringifySearch } from '../address/codec';
import { notify } from '../parts/notices';
import { read, StudioError, WHILE_PASSING, write } from '../server/client';
import { queryClient } from '../server/project';

export type SavedView = StudioViews['views'][number];

const VIEWS = ['project', 'views'];

/** Lists of images that people gave a name; undefined until they are known. */
export function useViews(): readonly SavedView[] | undefined {
  return useQuery({ ...WHILE_PASSING, queryKey: VIEWS, queryFn: ({ signal }) => read('/api/views', { signal }) }).data
    ?.views;
}

/** Its filters and order: the address of a list without the data set and split, so that a view is of the newest ones. */
export function viewAddress(search: Readonly<Record<string, string>>): string {
  const { b: _b, s: _s, ...list } = search;
  return `/pictures${stringifySearch(list)}`;
}

export function viewSearch({ address }: Pick<SavedView, 'address'>): Record<string, string> {
  return parseSearch(address.split('?').slice(1).join('?'));
}

/** Of a name that is free: else it is asked whether to replace that view. @returns whether it is stored; else why not was said */
export function saveView(name: string, address: string): Promise<boolean> {
  return change([{ name, address }], () => {
    const before = viewOf(name);
    if (before !== undefined) offerReplacing(before, address);
    return before !== undefined;
  });
}

const viewOf = (name: string): SavedView | undefined =>
  queryClient.getQueryData<StudioViews>(VIEWS)?.views.find((view) => view.name === name);

/** Nothing is lost by it: what was there comes back by a button. */
function offerReplacing({ name, address: before, person }: SavedView, address: string): void {
  const replace = async (): Promise<void> => {
    if (!(await change([{ name, address, replaces: true }]))) return;
    const undo = (): void => void change([{ name, address: before, replaces: true }]);
    notify({ text: `Replaced: ${name}`, act: { title: 'Undo', run: undo } });
  };
  const text = `There is a view of this name, by ${person}: ${name}. Nothing was stored.`;
  notify({ text, act: { title: 'Replace it', run: () => void replace() } });
}

export async function renameView(view: SavedView, name: string): Promise<boolean> {
  return change([
    { name, address: view.address },
    { name: view.name, address: '' },
  ]);
}

/** Taken back by a button of what says so. */
export async function removeView({ name, address }: SavedView): Promise<void> {
  if (!(await change([{ name, address: '' }]))) return;
  notify({ text: `Deleted: ${name}`, act: { title: 'Undo', run: () => void saveView(name, address) } });
}

interface Change {
  readonly name: string;
  readonly address: string;
  readonly replaces?: boolean;
}

/** @param onTaken says so where the name of the first is another view's. @returns whether all is stored */
async function change(views: readonly Change[], onTaken?: () => boolean): Promise<boolean> {
  try {
    for (const view of views) queryClient.setQueryData(VIEWS, await write('/api/views', view));
    return true;
  } catch (error) {
    const isTaken = error instanceof StudioError && error.status === 409;
    if (isTaken) queryClient.setQueryData(VIEWS, await read('/api/views').catch(() => undefined));
    if (isTaken && onTaken?.() === true) return false;
    notify({ text: error instanceof Error ? error.message : String(error), isAlarm: true });
    return false;
  }
}
