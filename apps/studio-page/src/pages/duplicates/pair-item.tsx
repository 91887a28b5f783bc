import type { PairImage, StudioPair } from '@winnow/contracts';
import type { Ref } from 'react';
import { KeyCap } from '../../keys/key-cap';
import { countOf, formatShare } from '../../parts/numbers';
import type { PairView } from './duplicates-query';
import type { SpotVerdict } from './pair-acts';
import type { PairSpot } from './pair-spots';
import { VERDICT_WORDS } from './pair-acts';
import { CopyPicture } from './pair-pictures';
import styles from './duplicates.module.css';

/** What can be done with one pair. */
interface PairItemActs {
  readonly onRight: () => void;
  readonly onNoCopy: () => void;
  readonly onKeep: () => void;
  readonly onClass: () => void;
  readonly onPlace: () => void;
  readonly onClear: () => void;
}

interface PairItemProps {
  readonly spot: PairSpot;
  readonly verdict: SpotVerdict;
  readonly view: PairView;
  /** `Pair 3 of 24`. */
  readonly position: string;
  readonly isConflict: boolean;
  readonly isCurrent: boolean;
  readonly ref: Ref<HTMLDivElement>;
  readonly onFocus: () => void;
  readonly acts: PairItemActs;
}

/** A copy with how far it is, where it was found, and what can be said of it. */
export function PairItem(props: PairItemProps): React.JSX.Element {
  const { spot, verdict, view, position, isCurrent, ref, onFocus } = props;
  const { cluster, pair } = spot;
  const said = verdict === null ? 'not decided' : VERDICT_WORDS[verdict];
  const how = pair === null ? 'found under several classes' : distanceWords(pair);
  return (
    <div
      ref={ref}
      role="group"
      className={styles.pair}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={`${position}, ${cluster.title}: ${how}, ${said}`}
      aria-current={isCurrent ? 'true' : undefined}
      data-said={verdict ?? undefined}
      onFocus={onFocus}
    >
      <figure className={styles.figure}>
        <CopyPicture spot={spot} view={view} />
      </figure>
      <div className={styles.facts}>
        <p>
          <b>{how}</b>
          {verdict === null ? null : (
            <span className={styles.said}>
              {said}
              {pair?.verdict === null || pair?.verdict === undefined ? null : (
                <span className="soft">
                  {' '}
                  <bdi>{pair.verdict.person}</bdi>
                </span>
              )}
            </span>
          )}
        </p>
        {pair === null ? null : <ImageWords image={pair.copy} />}
        <PairButtons {...props} />
      </div>
    </div>
  );
}

/** Classes and licences, as the web and its engines have them. */
export function ImageWords({ image }: { readonly image: PairImage }): React.JSX.Element {
  const { classes, licenses } = image;
  return (
    <p className={styles.words}>
      {classes.length === 0 ? null : (
        <>
          as <bdi>{classes.join(', ')}</bdi> ·{' '}
        </>
      )}
      <bdi>{licenses.length === 0 ? 'licence not stated' : licenses.join(', ')}</bdi>
    </p>
  );
}

function distanceWords({ outcome, distanceBits, similarity, isFlipped, isSame }: StudioPair): string {
  const mirrored = isFlipped ? ', mirrored' : '';
  if (similarity !== null)
    return `${outcome === 'leak' ? 'correlation' : 'cosine'} ${formatShare(similarity)}${mirrored}`;
  if (distanceBits !== null) return `${countOf(distanceBits, 'bit')} apart${mirrored}`;
  return isSame ? 'same bytes or pixels' : 'copies by a person’s word';
}

function PairButtons({ spot, verdict, isConflict, acts }: PairItemProps): React.JSX.Element {
  const { cluster, pair, isLeak } = spot;
  const canSay = pair !== null && !pair.isSame && cluster.kept !== null;
  return (
    <div className={styles.acts}>
      {canSay ? (
        <>
          <Act says="Right" name="Space" isOn={verdict === 'same'} onAct={acts.onRight} />
          <Act says="Not a copy" name="x" isOn={verdict === 'not-a-copy'} onAct={acts.onNoCopy} />
        </>
      ) : null}
      {pair === null || isLeak ? null : <Act says="Keep this" name="k" isOn={verdict === 'keep'} onAct={acts.onKeep} />}
      {isConflict ? (
        <Act says={cluster.title} name="c" isOn={cluster.truth === `class:${cluster.title}`} onAct={acts.onClass} />
      ) : null}
      {isLeak ? null : <Act says="Leave out" name="b" isOn={verdict === 'left-out'} onAct={acts.onPlace} />}
      {verdict === null || verdict === 'left-out' || pair === null ? null : (
        <button type="button" onClick={acts.onClear}>
          Clear <KeyCap name="Delete" />
        </button>
      )}
    </div>
  );
}

interface ActProps {
  readonly says: string;
  /** Of its key. */
  readonly name: string;
  readonly isOn: boolean;
  readonly onAct: () => void;
}

function Act({ says, name, isOn, onAct }: ActProps): React.JSX.Element {
  return (
    <button type="button" aria-pressed={isOn} onClick={onAct}>
      <bdi>{says}</bdi> <KeyCap name={name} />
    </button>
  );
}
