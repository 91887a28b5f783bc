import { preferences } from '../parts/preferences';
import { createSignal } from '../parts/signal';

/** One act by keys. */
export interface KeyBinding {
  /** Names the act where a person gives it another key. */
  readonly id: string;
  /** As `keyName` writes them: `Ctrl+k`, `Shift+u`, `ArrowLeft`, `?`, `Space`. */
  readonly keys: readonly string[];
  /** What it does, for the list of keys. */
  readonly says: string;
  readonly run: (event: KeyboardEvent) => void;
  readonly release?: () => void;
  /** Also while a button or nothing of the stage has the focus; never while a person writes, but with Ctrl. */
  readonly isEverywhere?: boolean;
}

export interface KeyLayer {
  readonly title: string;
  readonly bindings: readonly KeyBinding[];
  /** Layers below get no key at all. */
  readonly isModal?: boolean;
  /** Below all others, whenever it came: effects of a parent run after those of its children. */
  readonly isBottom?: boolean;
}

/** The topmost last. */
export const keyLayers = createSignal<readonly KeyLayer[]>([]);

/** Puts a layer on top, or at the bottom. @returns takes it away */
export function pushKeyLayer(layer: KeyLayer): () => void {
  const others = keyLayers.get();
  keyLayers.set(layer.isBottom === true ? [layer, ...others] : [...others, layer]);
  return () => keyLayers.set(keyLayers.get().filter((other) => other !== layer));
}

/** Letters with Shift carry it in their name, other characters have it in them: `Shift+u`, but `?`. */
export function keyName({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const plain = key === ' ' ? 'Space' : key.length === 1 ? key.toLowerCase() : key;
  const isShiftPart = shiftKey && (plain.length > 1 || /\p{L}/u.test(plain));
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${isShiftPart ? 'Shift+' : ''}${plain}`;
}

/** The keys of an act, as the person wants them. */
export function keysOf({ id, keys }: KeyBinding): readonly string[] {
  const own = preferences.get().keys[id];
  return own === undefined ? keys : [own];
}

/** The binding that a key means now; layers from the topmost down, as far as the first modal one. */
export function findBinding(
  layers: readonly KeyLayer[],
  name: string,
  isFree: (binding: KeyBinding) => boolean,
): KeyBinding | undefined {
  for (const layer of [...layers].reverse()) {
    const found = layer.bindings.find((binding) => keysOf(binding).includes(name) && isFree(binding));
    if (found !== undefined || layer.isModal) return found;
  }
  return undefined;
}

const WRITES = 'input:not([type=checkbox],[type=radio],[type=range],[type=button]),textarea,select,[contenteditable]';
/** Elements that have a use of their own for these keys. */
const ACTS = 'a,button,summary,input,[role=option],[role=menuitem]';
const NATIVE = /^(Enter|Space|Tab|Shift\+Tab)$/;

/** Whether a key may mean a binding while this element has the focus. */
function isFreeFor(focus: Element | null, name: string): (binding: KeyBinding) => boolean {
  const isSingle = /^(Shift\+)?[^+]$/u.test(name);
  if (focus?.matches(WRITES)) return () => /^Ctrl\+|^Escape$/.test(name) && !/^Ctrl\+(Shift\+)?[zaxcv]$/.test(name);
  if (isSingle && !preferences.get().hasSingleKeys) return () => false;
  if (focus?.matches(ACTS) && NATIVE.test(name)) return () => false;
  const isOnStage = focus === null || focus === document.body || focus.closest('[data-stage]') !== null;
  return ({ isEverywhere = false }) => isEverywhere || isOnStage || name === 'Escape';
}

/** Keys that may repeat. */
const MOVES = /^(?:Arrow|Page|[+-]$)/;

/** One listener for the whole page. */
export function listenToKeys(): void {
  const held = new Map<string, KeyBinding>();
  addEventListener('keydown', (event) => {
    const name = keyName(event);
    if (event.isComposing || event.defaultPrevented) return;
    const binding = findBinding(keyLayers.get(), name, isFreeFor(document.activeElement, name));
    if (binding === undefined) return;
    event.preventDefault();
    // A held key moves; it does not decide of images that nobody has seen yet.
    if (event.repeat && !MOVES.test(event.key)) return;
    if (binding.release !== undefined) {
      if (held.has(event.code)) return;
      held.set(event.code, binding);
    }
    binding.run(event);
  });
  const releaseAll = (): void => {
    for (const binding of held.values()) binding.release?.();
    held.clear();
  };
  addEventListener('keyup', ({ code }) => {
    held.get(code)?.release?.();
    held.delete(code);
  });
  addEventListener('blur', releaseAll);
}
