import { useNavigate } from '@tanstack/react-router';
import { listParameter } from '../address/codec';
import { frameSearch, useAddress } from '../address/use-address';
import type { Choice } from '../keys/chooser';
import { Chooser } from '../keys/chooser';
import { keyLayers, keysOf } from '../keys/key-layers';
import { PAGES } from '../pages';
import { changePreferences } from '../parts/preferences';
import { useSignal } from '../parts/signal';
import { useProject } from '../server/project';
import { useViews, viewSearch } from '../views/use-views';

const { write: writeList } = listParameter();

/** `Ctrl+K`: pages, saved views, classes, what the keys do here, colours. */
export function Palette({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const navigate = useNavigate();
  const { classes } = useProject();
  const { search } = useAddress();
  const views = useViews() ?? [];
  const layers = useSignal(keyLayers);
  const go = (to: string, more: Record<string, string> = {}): void =>
    void navigate({ to, search: { ...frameSearch(search), ...more } as never });
  const pages = PAGES.filter(({ isHidden }) => isHidden !== true).map(({ title, path }): Choice => {
    return { id: path, title, group: 'page', run: () => go(path) };
  });
  const acts = layers
    .filter(({ isModal }) => isModal !== true)
    .flatMap(({ bindings }) => bindings)
    .filter(({ id, release }) => id !== 'frame.palette' && release === undefined)
    .map((binding): Choice => {
      const run = (): void => binding.run(new KeyboardEvent('keydown'));
      // A class is gone to; deciding that an image shows it is said in so many words.
      const title = binding.id.startsWith('decide.') ? `decide: ${binding.says}` : binding.says;
      return { id: binding.id, title, group: 'act', key: keysOf(binding)[0] ?? '', run };
    });
  const ofClasses = classes.map((name): Choice => {
    return {
      id: `class ${name}`,
      title: name,
      group: 'class',
      run: () => go('/pictures', { given: writeList([name]) }),
    };
  });
  const ofViews = views.map((view): Choice => {
    return { id: `view ${view.name}`, title: view.name, group: 'view', run: () => go('/pictures', viewSearch(view)) };
  });
  const themes = (['system', 'light', 'dark'] as const).map((theme): Choice => {
    const title = theme === 'system' ? 'colours of the system' : `${theme} colours`;
    return { id: `theme ${theme}`, title, group: 'theme', run: () => changePreferences({ theme }) };
  });
  return (
    <Chooser
      title="Go to"
      placeholder="Page, view, class or act"
      choices={[...pages, ...ofViews, ...ofClasses, ...acts, ...themes]}
      onClose={onClose}
    />
  );
}
