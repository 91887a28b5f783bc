import type { KeyBinding, KeyLayer } from './key-layers';
import { findBinding, keyLayers, keyName, pushKeyLayer } from './key-layers';

const bind = (id: string, ...keys: string[]): KeyBinding => ({ id, keys, says: id, run: () => undefined });
const pressed = (key: string, more: Partial<KeyboardEvent> = {}): string =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more } as KeyboardEvent);

describe('keys', () => {
  it('have one name each, with Shift where it is not in the character already', () => {
    expect(pressed(' ')).toBe('Space');
    expect(pressed('U', { shiftKey: true })).toBe('Shift+u');
    expect(pressed('?', { shiftKey: true })).toBe('?');
    expect(pressed('ArrowLeft', { shiftKey: true })).toBe('Shift+ArrowLeft');
    expect(pressed('Z', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+z');
    // On a Mac.
    expect(pressed('k', { metaKey: true })).toBe('Ctrl+k');
  });

  it('mean what the topmost layer says, and nothing below a dialog', () => {
    const frame: KeyLayer = { title: 'Everywhere', bindings: [bind('undo', 'u'), bind('keys', '?')] };
    const grid: KeyLayer = { title: 'Images', bindings: [bind('open', 'Enter'), bind('up', 'u')] };
    const dialog: KeyLayer = { title: 'Keys', isModal: true, bindings: [bind('close', 'Escape')] };
    const find = (layers: readonly KeyLayer[], name: string): string | undefined =>
      findBinding(layers, name, () => true)?.id;
    expect(find([frame, grid], 'u')).toBe('up');
    expect(find([frame, grid], '?')).toBe('keys');
    expect(find([frame, grid, dialog], 'Escape')).toBe('close');
    expect(find([frame, grid, dialog], 'Enter')).toBeUndefined();
    expect(find([frame, grid, dialog], 'u')).toBeUndefined();
    expect(findBinding([frame, grid], 'u', ({ id }) => id !== 'up')?.id).toBe('undo');
  });

  it('of the frame are below those of its page, whichever came first', () => {
    const drop = [
      pushKeyLayer({ title: 'Images', bindings: [] }),
      pushKeyLayer({ title: 'Everywhere', bindings: [], isBottom: true }),
      pushKeyLayer({ title: 'One image', bindings: [] }),
    ];
    expect(keyLayers.get().map(({ title }) => title)).toEqual(['Everywhere', 'Images', 'One image']);
    for (const take of drop) take();
    expect(keyLayers.get()).toEqual([]);
  });
});
