import { useCallback, useEffect, useRef } from 'react';
import type { Saying } from '../../decisions/decide-acts';
import { decide } from '../../decisions/decision-queue';
import { useShown } from '../../server/project';
import type { PastLook } from './last-looks';
import type { Looks } from './use-looks';

/** A press of a key that came before its image was known. */
type Press = { readonly saying: Saying; readonly words: string };

interface DecidingOptions {
  readonly isMeasure: boolean;
  readonly isBlind: boolean;
  readonly isPaused: boolean;
  /** Stored with the decision; empty: none. */
  readonly note: string;
  readonly onDecided: (look: PastLook) => void;
}

/** Decides of the image that is looked at, and goes on. What is pressed is never dropped: it waits until its image is there. */
export function useDeciding(
  looks: Looks,
  { isMeasure, isBlind, isPaused, note, onDecided }: DecidingOptions,
): { say(saying: Saying, words: string): void; forgetPresses(): void } {
  const { sha256, image } = looks;
  const { split } = useShown();
  const shownAt = useRef(0);
  useEffect(() => {
    shownAt.current = performance.now();
  }, [sha256]);
  const pressed = useRef<Press[]>([]);
  const isKnown = sha256 !== null && (isBlind || image !== null);
  const apply = useCallback(
    ({ saying, words }: Press) => {
      if (sha256 === null) return;
      const says = saying(image ?? { given: 0, refined: null, kind: null });
      const millis = Math.round(performance.now() - shownAt.current);
      const shown = { split: split?.id ?? null, kind: isBlind ? null : (image?.kind ?? null), isBlind, millis };
      const more = { ...(looks.plan !== undefined && { plan: looks.plan }), ...(note !== '' && { note }) };
      const batch = decide([sha256], { says, origin: isMeasure ? 'measure' : 'one', shown, ...more });
      onDecided({ sha256, says, words, batch, millis });
      looks.next();
    },
    [sha256, image, isMeasure, isBlind, split, looks, note, onDecided],
  );
  useEffect(() => {
    const next = isKnown ? pressed.current.shift() : undefined;
    if (next !== undefined) apply(next);
  }, [isKnown, sha256, apply]);
  return {
    say: (saying, words) => {
      if (isKnown && pressed.current.length === 0) apply({ saying, words });
      else if (!isPaused) pressed.current.push({ saying, words });
    },
    forgetPresses: () => {
      pressed.current = [];
    },
  };
}
