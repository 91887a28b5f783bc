import { useState } from 'react';
import { useKeys } from '../keys/use-keys';

/** Whether the original is shown in place of the square: while a key is held, or as a button says. @param title of the keys' group */
export function useHeldOriginal(
  title: string,
): readonly [isOriginal: boolean, setOriginal: (isOriginal: boolean) => void] {
  const [isOriginal, setOriginal] = useState(false);
  useKeys({
    title,
    bindings: [
      {
        id: 'image.original',
        keys: ['z'],
        says: 'hold: the original',
        run: () => setOriginal(true),
        release: () => setOriginal(false),
      },
    ],
  });
  return [isOriginal, setOriginal];
}
