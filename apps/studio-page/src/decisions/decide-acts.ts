import type { ImageTile } from '@winnow/contracts';
import type { KeyBinding } from '../keys/key-layers';

/** What a decision says of each of several images. */
export type Saying = (tile: Pick<ImageTile, 'given' | 'refined' | 'kind'>) => string;

const MAX_NUMBERED = 9;

/**
 * Keys that decide, the same ones wherever images are decided of.
 * @param say takes what was decided, with words for it
 */
export function decisionBindings(
  classes: readonly string[],
  say: (saying: Saying, words: string) => void,
): readonly KeyBinding[] {
  const bind = (id: string, key: string, says: string, saying: Saying): KeyBinding => ({
    id: `decide.${id}`,
    keys: [key],
    says,
    run: () => say(saying, says),
  });
  const named = (index: number): string => `class:${classes[index] ?? ''}`;
  const numbered = classes
    .slice(0, MAX_NUMBERED)
    .map((name, index) => bind(`class-${index + 1}`, `${index + 1}`, name, () => `class:${name}`));
  return [
    bind('given', 'g', 'the given class is right', ({ given }) => named(given)),
    bind('likely', 'r', 'as the split says', ({ kind, given, refined }) => {
      return kind === 'open' ? 'open' : named(kind === 'closed' ? (refined ?? given) : given);
    }),
    bind('open', 'o', 'none of the classes', () => 'open'),
    bind('unsure', 'v', 'unsure', () => 'unsure'),
    bind('leave-out', 'b', 'leave out of the next builds', () => 'leave-out'),
    bind('cleared', 'Delete', 'take my decision back', () => 'cleared'),
    ...numbered,
  ];
}
