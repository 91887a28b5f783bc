import type { ImageDetail, ReviewOrder } from '@winnow/contracts';
import { useQueries } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useEffect, useRef, useState } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { localDecisions, localKey, waiting } from '../../decisions/decision-queue';
import { read, WHILE_PASSING, write } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import type { LookAnswer, LookList } from './look-list';
import { countToAsk, withLooks } from './look-list';

/** Where images to look at come from: an order of review, or the plan of a measure, which says nothing of its images. */
export type LookSource =
  | {
      readonly kind: 'order';
      readonly order: ReviewOrder;
      readonly filters: Readonly<Record<string, string>>;
      /** Of a hundred looks, so many at images of somebody else. */
      readonly overlap: number;
      /** Nothing is asked, and said, of its images. */
      readonly isBlind: boolean;
    }
  | { readonly kind: 'measure' };

export const isBlindSource = (source: LookSource): boolean => source.kind === 'measure' || source.isBlind;

export interface Looks {
  /** The image to look at now; null: there is none, or none yet. */
  readonly sha256: string | null;
  /** What is known of it; null for blind looks, and until it is there. */
  readonly image: ImageDetail | null;
  /** Still to look at, those that are here among them; null before the first answer. */
  readonly left: number | null;
  readonly plan: string | undefined;
  /** Of looks that two people did; null where that is not asked. */
  readonly agreement: LookList['agreement'];
  /** More is to come. */
  readonly isWaiting: boolean;
  readonly error: Error | null;
  readonly canGoBack: boolean;
  next(): void;
  back(): void;
  /** Takes images that are to come out of the list: they were decided otherwise. */
  drop(images: readonly string[]): void;
  /** To an image that was looked at before. */
  show(sha256: string): void;
  /** Forgets what was handed out; asked again, the list begins anew. */
  reset(): void;
}

const FEW_LEFT = 12;
const RETRY_MILLIS = 1000;
const AHEAD = 3;

const NOTHING: LookList = { images: [], at: 0, left: null, plan: undefined, agreement: null };

/** One image after the other, the next ones read and decoded before they are asked for. */
export function useLooks(source: LookSource, isPaused: boolean): Looks {
  const { search } = useAddress();
  const frame = frameSearch(search);
  const [state, setState] = useState(NOTHING);
  const [error, setError] = useState<Error | null>(null);
  const [attempt, setAttempt] = useState(0);
  const isAsking = useRef(false);
  const key = JSON.stringify([source, frame]);
  const current = useRef(key);
  useEffect(() => {
    current.current = key;
    setState(NOTHING);
    setError(null);
  }, [key]);
  const rest = state.images.length - state.at;
  const isWhole = state.left !== null && state.left <= rest;
  useEffect(() => {
    if (isPaused || isWhole || rest >= FEW_LEFT || isAsking.current) return;
    isAsking.current = true;
    const isStale = (): boolean => current.current !== key;
    const again = (): void => void setTimeout(() => setAttempt((before) => before + 1), RETRY_MILLIS);
    const wasStored = waiting.get().length === 0;
    const count = countToAsk(state, isStored);
    ask(source, frame, count)
      .then((answer) => {
        if (isStale()) return again();
        setError(null);
        return setState((before) => {
          const next = withLooks(before, answer, { count, isMeasure: source.kind === 'measure', wasStored, isStored });
          if (next.images.length === before.images.length && next.left !== before.images.length - before.at) again();
          return next;
        });
      })
      .catch((problem: unknown) => {
        if (!isStale()) setError(problem instanceof Error ? problem : new Error(String(problem)));
        again();
      })
      .finally(() => {
        isAsking.current = false;
      });
  }, [key, rest, isPaused, isWhole, attempt]);
  // What is to come is read once the image of now is drawn.
  const later = useDeferredValue(state);
  const details = useDetails(isBlindSource(source) ? [] : later.images.slice(later.at, later.at + AHEAD), frame);
  useDecodedAhead(later.images.slice(later.at + 1, later.at + 1 + AHEAD));
  const sha256 = state.images[state.at] ?? null;
  return {
    sha256,
    image: details.find((detail) => detail.sha256 === sha256) ?? null,
    left: state.left === null ? null : Math.max(state.left, rest),
    isWaiting: sha256 === null && !isWhole,
    ...{ plan: state.plan, agreement: state.agreement },
    error,
    canGoBack: state.at > 0,
    next: useCallback(() => {
      setState((before) => ({ ...moved(before, 1), left: before.left && before.left - 1 }));
    }, []),
    back: useCallback(() => setState((before) => moved(before, -1)), []),
    drop: useCallback((dropped) => {
      setState((before) => {
        const rest = before.images.slice(before.at).filter((image) => !dropped.includes(image));
        const gone = before.images.length - before.at - rest.length;
        const left = before.left === null ? null : Math.max(rest.length, before.left - gone);
        return { ...before, images: [...before.images.slice(0, before.at), ...rest], left };
      });
    }, []),
    show: useCallback((wanted) => {
      setState((before) => {
        const at = before.images.lastIndexOf(wanted);
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

function moved(list: LookList, by: number): LookList {
  return { ...list, at: Math.max(0, Math.min(list.images.length, list.at + by)) };
}

/** What was said of it, or that it is left out, is in the database, as far as this browser knows. */
function isStored(sha256: string): boolean {
  const said = localDecisions.get();
  return [sha256, localKey({ sha256, says: 'leave-out' })].some((key) => typeof said.get(key)?.storedAt === 'number');
}

async function ask(source: LookSource, frame: Readonly<Record<string, string>>, count: number): Promise<LookAnswer> {
  if (source.kind === 'measure') {
    const { images, left, plan } = await read('/api/measure/looks', { search: { ...frame, count } });
    return { images, left, plan, agreement: null };
  }
  const search = { ...frame, ...source.filters, count, overlap: source.overlap };
  const { images, left, agreement } = await read('/api/review/:order', { parts: { order: source.order }, search });
  return { images, left, plan: undefined, agreement };
}

function useDetails(images: readonly string[], frame: Readonly<Record<string, string>>): readonly ImageDetail[] {
  return useQueries({
    queries: images.map((sha256) => ({
      ...WHILE_PASSING,
      queryKey: ['project', 'look', sha256, frame],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        read('/api/images/:sha256', { parts: { sha256 }, search: frame, signal }),
    })),
  }).flatMap(({ data }) => (data === undefined ? [] : [data]));
}

/** So that the next image is drawn in the frame in which it is asked for. */
function useDecodedAhead(images: readonly string[]): void {
  const pictureOf = usePictureSource();
  const held = useRef<ReadonlyMap<string, HTMLImageElement>>(new Map());
  useEffect(() => {
    const sources = images.map((sha256) => pictureOf(sha256, 'square'));
    held.current = new Map(sources.map((source) => [source, held.current.get(source) ?? decoded(source)]));
  }, [images.join(), pictureOf]);
}

function decoded(source: string): HTMLImageElement {
  const image = new Image();
  image.src = source;
  image.decode().catch(() => undefined);
  return image;
}
