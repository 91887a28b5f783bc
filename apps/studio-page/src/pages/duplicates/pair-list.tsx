import type { StudioDuplicates } from '@winnow/contracts';
import { useEffect, useRef, useState } from 'react';
import { localDecisions } from '../../decisions/decision-queue';
import { KeyCap } from '../../keys/key-cap';
import { useKeys } from '../../keys/use-keys';
import { notify } from '../../parts/notices';
import { countOf, formatCount } from '../../parts/numbers';
import { useSignal } from '../../parts/signal';
import { useProject } from '../../server/project';
import type { AskedDuplicates, PairView } from './duplicates-query';
import { PAGE_PAIRS } from './duplicates-query';
import type { SpotVerdict } from './pair-acts';
import type { PairSpot } from './pair-spots';
import { confirmAll, sayClass, sayOfPair, turnPlace, verdictOf } from './pair-acts';
import { spotsOf } from './pair-spots';
import { ImageWords, PairItem } from './pair-item';
import { KeptPicture } from './pair-pictures';
import styles from './duplicates.module.css';

interface PairListProps {
  readonly asked: AskedDuplicates;
  readonly view: PairView;
  /** What is said leaves the list: others move up. */
  readonly isUndecidedOnly: boolean;
  readonly onPage: (from: number) => void;
}

/** One page of pairs, by clusters: arrows go, a key decides, `Enter` confirms the rest of the page. */
export function PairList({ asked, view, isUndecidedOnly, onPage }: PairListProps): React.JSX.Element {
  const { answer } = asked;
  const spots = spotsOf(answer);
  const local = useSignal(localDecisions);
  const [isHeld, setHeld] = useState(false);
  const place = usePlace(spots);
  const verdictAt = (spot: PairSpot): SpotVerdict => verdictOf(spot, local, asked.askedAt);
  const acts = usePairActs({ spots, place, verdictAt, isUndecidedOnly, onPage, answer });
  usePairKeys({ ...acts, place, setHeld });
  const shown: PairView = isHeld ? (view === 'side' ? 'overlay' : 'side') : view;
  return (
    <div className={styles.list} data-stage="">
      {clustersOf(spots).map((inCluster) => (
        <Cluster key={inCluster[0]?.key} spots={inCluster} kind={answer.kind}>
          {inCluster.map((spot) => (
            <PairItem
              key={spot.key}
              spot={spot}
              verdict={verdictAt(spot)}
              view={shown}
              position={`Pair ${spots.indexOf(spot) + 1} of ${spots.length}`}
              isConflict={answer.kind === 'conflicts'}
              isCurrent={spot.key === place.current?.key}
              ref={place.refOf(spot.key)}
              onFocus={() => place.go(spot)}
              acts={acts.of(spot)}
            />
          ))}
        </Cluster>
      ))}
      <Foot answer={answer} onConfirm={acts.confirm} onTurn={acts.turn} />
    </div>
  );
}

function clustersOf(spots: readonly PairSpot[]): readonly (readonly PairSpot[])[] {
  const clusters = new Map<PairSpot['cluster'], PairSpot[]>();
  for (const spot of spots) clusters.set(spot.cluster, [...(clusters.get(spot.cluster) ?? []), spot]);
  return [...clusters.values()];
}

interface ClusterProps {
  readonly spots: readonly PairSpot[];
  readonly kind: StudioDuplicates['kind'];
  readonly children: React.ReactNode;
}

/** What is kept at the left, its copies beside it. */
function Cluster({ spots, kind, children }: ClusterProps): React.JSX.Element | null {
  const [first] = spots;
  if (first === undefined) return null;
  const { kept, title, size, votes } = first.cluster;
  return (
    <article className={styles.cluster} aria-label={kind === 'leaks' ? `Test image ${title}` : `Cluster of ${title}`}>
      <figure className={styles.figure}>
        <KeptPicture spot={first} />
        <figcaption>
          <p>
            <span className="soft">{kind === 'leaks' ? 'test' : 'kept'}</span>{' '}
            <b>
              <bdi>{title}</bdi>
            </b>
            {size > 2 ? <span className="soft"> · {countOf(size, 'image')}</span> : null}
          </p>
          {kept === null || kind === 'leaks' ? null : <ImageWords image={kept} />}
          {votes.length === 0 ? null : (
            <p className={styles.words}>
              votes{' '}
              {votes.map(({ className, count }, index) => (
                <span key={className}>
                  {index === 0 ? '' : ' : '}
                  <bdi>{className}</bdi> {formatCount(count)}
                </span>
              ))}
            </p>
          )}
        </figcaption>
      </figure>
      <div className={styles.pairs}>{children}</div>
    </article>
  );
}

interface Place {
  readonly current: PairSpot | undefined;
  /** @param isByKey the focus goes there, too */
  go(spot: PairSpot | undefined, isByKey?: boolean): void;
  move(by: number): void;
  /** To the first pair, also of a page that is still to come. */
  restart(): void;
  refOf(key: string): (element: HTMLDivElement | null) => void;
}

/** Which pair is the current one: it stays while others come and go, and the focus is never lost. */
function usePlace(spots: readonly PairSpot[]): Place {
  const [{ key, at }, setPlace] = useState({ key: '', at: 0 });
  const elements = useRef(new Map<string, HTMLDivElement>());
  const isByKey = useRef(false);
  const hadFocus = useRef(false);
  const found = spots.findIndex((spot) => spot.key === key);
  const index = found >= 0 ? found : Math.min(at, spots.length - 1);
  const current = spots[index];
  useEffect(() => {
    const isLost = hadFocus.current && (document.activeElement === document.body || document.activeElement === null);
    if (isByKey.current || isLost) {
      elements.current.get(current?.key ?? '')?.focus({ preventScroll: !isByKey.current });
    }
    isByKey.current = false;
  }, [current?.key]);
  const go = (spot: PairSpot | undefined, byKey = false): void => {
    if (spot === undefined) return;
    isByKey.current = byKey;
    hadFocus.current = true;
    setPlace({ key: spot.key, at: spots.indexOf(spot) });
  };
  return {
    current,
    go,
    restart: () => {
      isByKey.current = true;
      hadFocus.current = true;
      setPlace({ key: '', at: 0 });
    },
    move: (by) => go(spots[Math.max(0, Math.min(spots.length - 1, index + by))], true),
    refOf: (of) => (element) => {
      if (element === null) elements.current.delete(of);
      else elements.current.set(of, element);
    },
  };
}

interface ActsSource extends Pick<PairListProps, 'isUndecidedOnly'> {
  readonly spots: readonly PairSpot[];
  readonly place: Place;
  readonly verdictAt: (spot: PairSpot) => SpotVerdict;
  readonly onPage: (from: number) => void;
  readonly answer: StudioDuplicates;
}

function usePairActs({ spots, place, verdictAt, isUndecidedOnly, onPage, answer }: ActsSource) {
  const { isReadOnly } = useProject();
  const guarded = (act: () => void): void => {
    if (isReadOnly) notify({ text: 'This studio was started to read only.', isAlarm: true });
    else act();
  };
  const then = (isSaid: boolean): void => {
    if (isSaid) place.move(1);
  };
  const of = (spot: PairSpot) => ({
    onRight: () => guarded(() => void sayOfPair(spot, 'same')),
    onNoCopy: () => guarded(() => void sayOfPair(spot, 'not-a-copy')),
    onKeep: () => guarded(() => void sayOfPair(spot, 'keep')),
    onClass: () => guarded(() => void sayClass(spot)),
    onPlace: () => guarded(() => void turnPlace(spot, verdictAt(spot) === 'left-out')),
    onClear: () => guarded(() => void sayOfPair(spot, 'cleared')),
  });
  const onCurrent = (act: (spot: PairSpot) => boolean): void => {
    const { current } = place;
    if (current !== undefined) guarded(() => then(act(current)));
  };
  const confirm = (): void =>
    guarded(() => {
      confirmAll(spots.filter((spot) => verdictAt(spot) === null));
      if (isUndecidedOnly) place.restart();
      else turn(1);
    });
  const turn = (by: 1 | -1): void => {
    const from = by < 0 && answer.from > 0 ? Math.max(0, answer.from - PAGE_PAIRS) : answer.from + by * PAGE_PAIRS;
    if (from < 0 || from >= answer.total) return;
    place.restart();
    onPage(from);
  };
  return { of, onCurrent, confirm, turn, isLeftOut: (spot: PairSpot) => verdictAt(spot) === 'left-out' };
}

type PairKeysOptions = Pick<ReturnType<typeof usePairActs>, 'onCurrent' | 'confirm' | 'turn' | 'isLeftOut'> & {
  readonly place: Place;
  readonly setHeld: (isHeld: boolean) => void;
};

function usePairKeys({ onCurrent, confirm, turn, isLeftOut, place, setHeld }: PairKeysOptions): void {
  const key = (id: string, keys: readonly string[], says: string, run: () => void) => {
    return { id: `pairs.${id}`, keys, says, run };
  };
  useKeys({
    title: 'Duplicates',
    bindings: [
      key('before', ['ArrowUp', 'ArrowLeft'], 'pair before', () => place.move(-1)),
      key('next', ['ArrowDown', 'ArrowRight'], 'next pair', () => place.move(1)),
      key('page-before', ['PageUp'], 'page before', () => turn(-1)),
      key('page-next', ['PageDown'], 'next page', () => turn(1)),
      key('right', ['Space'], 'they are copies: right', () => onCurrent((spot) => sayOfPair(spot, 'same'))),
      key('no-copy', ['x'], 'not a copy', () => onCurrent((spot) => sayOfPair(spot, 'not-a-copy'))),
      key('keep', ['k'], 'keep this one', () => onCurrent((spot) => sayOfPair(spot, 'keep'))),
      key('class', ['c'], 'the class by vote is right', () => onCurrent(sayClass)),
      key('place', ['b'], 'leave out of the next builds', () => onCurrent((spot) => turnPlace(spot, isLeftOut(spot)))),
      key('clear', ['Delete'], 'say nothing of the pair', () => onCurrent((spot) => sayOfPair(spot, 'cleared'))),
      key('confirm', ['Enter'], 'the whole page is right', confirm),
      {
        ...key('hold', ['z'], 'hold: overlay, or the originals side by side', () => setHeld(true)),
        release: () => setHeld(false),
      },
    ],
  });
}

interface FootProps {
  readonly answer: StudioDuplicates;
  readonly onConfirm: () => void;
  readonly onTurn: (by: 1 | -1) => void;
}

function Foot({ answer: { total, from, clusters }, onConfirm, onTurn }: FootProps): React.JSX.Element {
  const rows = clusters.reduce((sum, { pairs }) => sum + Math.max(1, pairs.length), 0);
  return (
    <footer className={styles.foot}>
      <button type="button" className={styles.main} onClick={onConfirm}>
        <KeyCap name="Enter" /> The page is right
      </button>
      <span role="status">
        {formatCount(Math.min(from + 1, total))} to {formatCount(from + rows)} of {formatCount(total)}
      </span>
      <span className={styles.pager}>
        <button type="button" aria-label="Page before" disabled={from === 0} onClick={() => onTurn(-1)}>
          ‹
        </button>
        <button type="button" aria-label="Next page" disabled={from + rows >= total} onClick={() => onTurn(1)}>
          ›
        </button>
      </span>
    </footer>
  );
}
