import type { ImageDetail, ReviewOrder } from '@winnow/contracts';
import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { localDecisions } from '../../decisions/decision-queue';
import { read, write } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';

/** Where images to look at come from: an order of review, or the plan of a measure, which says nothing of its images. */
export type LookSource =
  | { readonly kind: 'order'; readonly order: ReviewOrder; readonly filters: Readonly<Record<string, string>> }
  | { readonly kind: 'measure' };

export interface Looks {
  /** The image to look at now; null: there is none, or none yet. */
  readonly sha256: string | null;
  /** What is known of it; null for blind looks, and until it is there. */
  readonly image: ImageDetail | null;
  /** Still to look at, those that are here among them; null before the first answer. */
  readonly left: number | null;
  readonly plan: string | undefined;
  readonly error: Error | null;
  readonly canGoBack: boolean;
  next(): void;
  back(): void;
  /** To an image that was looked at before. */
  show(sha256: string): void;
  /** Forgets what was handed out; asked again, the list begins anew. */
  reset(): void;
}

const AT_ONCE = 20;
const MAX_AT_ONCE = 100;
/** Looks of a measure that may not be stored yet: they are handed out again and are no second showing. */
const JUST_LOOKED_AT = 20;
const FEW_LEFT = 8;
const AHEAD = 3;

interface State {
  readonly images: readonly string[];
  readonly at: number;
  readonly left: number | null;
  readonly plan: string | undefined;
}

const NOTHING: State = { images: [], at: 0, left: null, plan: undefined };

/** One image after the other, the next ones read and decoded before they are asked for. */
export function useLooks(source: LookSource, isPaused: boolean): Looks {
  const { search } = useAddress();
  const frame = frameSearch(search);
  const [state, setState] = useState(NOTHING);
  const [error, setError] = useState<Error | null>(null);
  const isAsking = useRef(false);
  const key = JSON.stringify([source, frame]);
  useEffect(() => {
    setState(NOTHING);
    setError(null);
  }, [key]);
  const rest = state.images.length - state.at;
  const isDone = state.left !== null && state.left <= 0 && rest <= 0;
  useEffect(() => {
    if (isPaused || isDone || rest >= FEW_LEFT || isAsking.current || (state.left !== null && state.left <= rest))
      return undefined;
    isAsking.current = true;
    const asked = new AbortController();
    // Those that were handed out and not decided, skipped ones among them, come again: beyond them the list goes on.
    const undecided = state.images.filter((sha256) => !localDecisions.get().has(sha256)).length;
    ask(source, frame, { count: Math.min(MAX_AT_ONCE, AT_ONCE + undecided), signal: asked.signal })
      .then(({ images, left, plan }) => {
        setError(null);
        setState((before) => {
          // Handed out again to the same person as long as they are undecided; a measure shows some twice on purpose.
          const known =
            source.kind === 'measure' ? before.images.slice(Math.max(0, before.at - JUST_LOOKED_AT)) : before.images;
          const added = images.filter((sha256) => !known.includes(sha256));
          const waiting = before.images.length - before.at;
          return { ...before, plan, images: [...before.images, ...added], left: added.length === 0 ? waiting : left };
        });
      })
      .catch((problem: unknown) => {
        if (!asked.signal.aborted) setError(problem instanceof Error ? problem : new Error(String(problem)));
      })
      .finally(() => {
        isAsking.current = false;
      });
    return undefined;
  }, [key, rest, isPaused, isDone, state.left]);
  const details = useDetails(source.kind === 'measure' ? [] : state.images.slice(state.at, state.at + AHEAD), frame);
  useDecodedAhead(state.images.slice(state.at + 1, state.at + 1 + AHEAD));
  const sha256 = state.images[state.at] ?? null;
  const move = useCallback((by: number) => {
    setState((before) => ({ ...before, at: Math.max(0, Math.min(before.images.length, before.at + by)) }));
  }, []);
  return {
    sha256,
    image: details.find((detail) => detail.sha256 === sha256) ?? null,
    left: state.left === null ? null : Math.max(state.left, rest),
    plan: state.plan,
    error,
    canGoBack: state.at > 0,
    next: useCallback(() => {
      move(1);
      setState((before) => ({ ...before, left: before.left === null ? null : Math.max(0, before.left - 1) }));
    }, [move]),
    back: useCallback(() => move(-1), [move]),
    show: useCallback((wanted) => {
      setState((before) => {
        const at = before.images.indexOf(wanted);
        return at < 0 ? before : { ...before, at };
      });
    }, []),
    reset: useCallback(() => {
      setState(NOTHING);
      // They go to others at once; else within 90 s.
      if (source.kind === 'order') void write('/api/review/pause', {}).catch(() => undefined);
    }, [source]),
  };
}

async function ask(
  source: LookSource,
  frame: Readonly<Record<string, string>>,
  { count, signal }: { readonly count: number; readonly signal: AbortSignal },
): Promise<{ readonly images: readonly string[]; readonly left: number; readonly plan: string | undefined }> {
  if (source.kind === 'measure') {
    const { images, left, plan } = await read('/api/measure/looks', { search: { ...frame, count }, signal });
    return { images, left, plan };
  }
  const search = { ...frame, ...source.filters, count };
  const { images, left } = await read('/api/review/:order', { parts: { order: source.order }, search, signal });
  return { images, left, plan: undefined };
}

function useDetails(images: readonly string[], frame: Readonly<Record<string, string>>): readonly ImageDetail[] {
  return useQueries({
    queries: images.map((sha256) => ({
      queryKey: ['project', 'look', sha256, frame],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        read('/api/images/:sha256', { parts: { sha256 }, search: frame, signal }),
    })),
  }).flatMap(({ data }) => (data === undefined ? [] : [data]));
}

/** So that the next image is drawn in the frame in which it is asked for. */
function useDecodedAhead(images: readonly string[]): void {
  const pictureOf = usePictureSource();
  const held = useRef<readonly HTMLImageElement[]>([]);
  useEffect(() => {
    held.current = images.map((sha256) => {
      const image = new Image();
      image.src = pictureOf(sha256, 'square');
      image.decode().catch(() => undefined);
      return image;
    });
  }, [images.join(), pictureOf]);
}
