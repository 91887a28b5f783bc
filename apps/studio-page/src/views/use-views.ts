import type { StudioViews } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { parseSearch, stringifySearch } from '../address/codec';
import { notify } from '../parts/notices';
import { read, write } from '../server/client';
import { queryClient } from '../server/project';

export type SavedView = StudioViews['views'][number];

const VIEWS = ['project', 'views'];

/** Lists of images that people gave a name; undefined until they are known. */
export function useViews(): readonly SavedView[] | undefined {
  return useQuery({ queryKey: VIEWS, queryFn: ({ signal }) => read('/api/views', { signal }) }).data?.views;
}

/** Its filters and order: the address of a list without the data set and split, so that a view is of the newest ones. */
export function viewAddress(search: Readonly<Record<string, string>>): string {
  const { b: _b, s: _s, ...list } = search;
  return `/pictures${stringifySearch(list)}`;
}

export function viewSearch({ address }: Pick<SavedView, 'address'>): Record<string, string> {
  return parseSearch(address.split('?').slice(1).join('?'));
}

/** In place of one of the same name. @returns whether it is stored; else why not was said */
export function saveView(name: string, address: string): Promise<boolean> {
  return change([{ name, address }]);
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

async function change(views: readonly { readonly name: string; readonly address: string }[]): Promise<boolean> {
  try {
    for (const view of views) queryClient.setQueryData(VIEWS, await write('/api/views', view));
    return true;
  } catch (error) {
    notify({ text: error instanceof Error ? error.message : String(error), isAlarm: true });
    return false;
  }
}
