import { useEffect, useRef } from 'react';
import type { KeyLayer } from './key-layers';
import { pushKeyLayer } from './key-layers';

/**
 * Keys of a part of the page, on top of those that are there already, as long as it is shown. What a binding runs may
 * change with each drawing; ids, keys and words are those of the first.
 */
export function useKeys(layer: KeyLayer, isActive = true): void {
  const latest = useRef(layer);
  latest.current = layer;
  const shape = layer.bindings.map(({ id }) => id).join();
  useEffect(() => {
    if (!isActive) return undefined;
    const bindings = latest.current.bindings.map((binding) => {
      const now = (): typeof binding => latest.current.bindings.find(({ id }) => id === binding.id) ?? binding;
      const release = binding.release === undefined ? {} : { release: () => now().release?.() };
      return { ...binding, ...release, run: (event: KeyboardEvent) => now().run(event) };
    });
    return pushKeyLayer({ ...latest.current, bindings });
  }, [isActive, shape]);
}
