import type { Signal } from './signal';
import { createSignal } from './signal';

/** What this browser remembers for its person; nothing of the project. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  /** Letters as keys (WCAG 2.1.4 wants a way to turn them off). */
  readonly hasSingleKeys: boolean;
  /** Keys that differ from the usual, by id of the act. */
  readonly keys: Readonly<Record<string, string>>;
  /** Of a tile of the grid, in CSS pixels. */
  readonly tilePixels: number;
}

const STORED_AS = 'winnow.preferences';
const STANDARD: Preferences = { theme: 'system', hasSingleKeys: true, keys: {}, tilePixels: 112 };

export const preferences: Signal<Preferences> = createSignal(load());

export function changePreferences(changes: Partial<Preferences>): void {
  const changed = { ...preferences.get(), ...changes };
  localStorage.setItem(STORED_AS, JSON.stringify(changed));
  preferences.set(changed);
}

/** Follows other tabs, and sets the colours of the page. */
export function applyPreferences(): void {
  const apply = (): void => {
    const { theme } = preferences.get();
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  apply();
  preferences.subscribe(apply);
  addEventListener('storage', ({ key }) => {
    if (key === STORED_AS) preferences.set(load());
  });
}

function load(): Preferences {
  try {
    return { ...STANDARD, ...(JSON.parse(localStorage.getItem(STORED_AS) ?? '{}') as Partial<Preferences>) };
  } catch {
    return STANDARD;
  }
}
