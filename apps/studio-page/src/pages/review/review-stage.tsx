import type { ImageDetail } from '@winnow/contracts';
import { memo, useCallback, useDeferredValue, useMemo, useState } from 'react';
import { ClassChooser } from '../../decisions/class-chooser';
import { undo } from '../../decisions/decision-queue';
import type { Saying } from '../../decisions/decide-acts';
import { NoteDialog } from '../../decisions/note-dialog';
import type { KeyBinding } from '../../keys/key-layers';
import { useKeys } from '../../keys/use-keys';
import { EmptyState } from '../../parts/empty-state';
import { agreementWords, formatCount } from '../../parts/numbers';
import { Waiting } from '../../parts/waiting';
import { useProject, useWholeProject } from '../../server/project';
import { DecisionButtons } from './decision-buttons';
import { LastLooks } from './last-looks';
import type { PastLook } from './last-looks';
import { likeliest } from './likeliest';
import { LookedAt } from './looked-at';
import styles from './review.module.css';
import { Tray } from './tray';
import { useDeciding } from './use-deciding';
import type { LookSource } from './use-looks';
import { isBlindSource, useLooks } from './use-looks';

export interface ReviewStageProps {
  readonly title: string;
  readonly source: LookSource;
  /** Beside the title: what the list is narrowed to. */
  readonly aside?: React.ReactNode;
  /** Below the title. */
  readonly note?: React.ReactNode;
  /** In place of the stage once there is nothing to look at. */
  readonly whenDone: React.ReactNode;
}

/** One image after the other by keys. */
export function ReviewStage({ title, source, aside, note, whenDone }: ReviewStageProps): React.JSX.Element {
  const [isPaused, setPaused] = useState(false);
  const looks = useLooks(source, isPaused);
  const { sha256, image, left, agreement } = looks;
  const isMeasure = source.kind === 'measure';
  const isBlind = isBlindSource(source);
  const past = usePastLooks();
  const [noted, setNoted] = useState({ sha256, text: '' });
  const [isNoting, setNoting] = useState(false);
  const text = noted.sha256 === sha256 ? noted.text : '';
  const { say, forgetPresses } = useDeciding(looks, { isMeasure, isBlind, isPaused, note: text, onDecided: past.add });
  const { show } = looks;
  const { remove } = past;
  const takeBack = useCallback(
    (look: PastLook | undefined): void => {
      undo(look?.batch);
      if (look === undefined) return;
      remove(look.batch);
      show(look.sha256);
    },
    [remove, show],
  );
  const pause = (): void => {
    setPaused(!isPaused);
    forgetPresses();
    looks.reset();
  };
  return (
    <div className={styles.page} data-stage="">
      <header className={styles.head}>
        <h1>{title}</h1>
        <Pace past={past.looks} left={left} />
        {aside}
        <button type="button" aria-pressed={isPaused} onClick={pause}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      </header>
      {note}
      {agreement === null || agreement.of === 0 ? null : <p className={styles.pace}>{agreementWords(agreement)}</p>}
      {isPaused ? (
        <Paused />
      ) : sha256 === null && !looks.isWaiting ? (
        whenDone
      ) : (
        <div className={styles.stage}>
          {sha256 === null ? (
            <NoImageYet error={looks.error} />
          ) : (
            <LookedAt sha256={sha256} image={image} isBlind={isBlind} />
          )}
          <Acts
            image={image}
            isBlind={isBlind}
            onSay={say}
            onSkip={looks.next}
            onBack={looks.back}
            onUndo={() => takeBack(past.looks.at(-1))}
            onNote={() => setNoting(true)}
            hasNote={text !== ''}
          />
        </div>
      )}
      {isNoting ? (
        <NoteDialog
          note={text}
          says="It is stored with what you decide of this image."
          onSave={(next) => setNoted({ sha256, text: next })}
          onClose={() => setNoting(false)}
        />
      ) : null}
      <FollowUps looks={useDeferredValue(past.looks)} isBlind={isBlind} onSame={looks.drop} onShow={takeBack} />
    </div>
  );
}

/** What follows from what was decided: drawn with a frame behind that of the next image. */
const FollowUps = memo(
  ({
    looks,
    isBlind,
    onSame,
    onShow,
  }: {
    readonly looks: readonly PastLook[];
    readonly isBlind: boolean;
    readonly onSame: (images: readonly string[]) => void;
    readonly onShow: (look: PastLook) => void;
  }): React.JSX.Element => (
    <>
      {isBlind ? null : <Tray last={looks.at(-1)} onSame={onSame} />}
      <LastLooks looks={looks} onShow={onShow} />
    </>
  ),
);

function Paused(): React.JSX.Element {
  return (
    <EmptyState title="Paused" isPart>
      <p>What you decided is stored; the images that were handed to you go to others, or come again when you go on.</p>
    </EmptyState>
  );
}

/** Keys and buttons of one image. */
function Acts({
  image,
  isBlind,
  onSay,
  onSkip,
  onBack,
  onUndo,
  onNote,
  hasNote,
}: {
  readonly image: ImageDetail | null;
  readonly isBlind: boolean;
  readonly onSay: (saying: Saying, words: string) => void;
  readonly onSkip: () => void;
  readonly onBack: () => void;
  readonly onUndo: () => void;
  readonly onNote: () => void;
  readonly hasNote: boolean;
}): React.JSX.Element {
  const { classes } = useProject();
  const [isChoosing, setChoosing] = useState(false);
  const likely = useMemo(() => (isBlind ? [] : likeliest(image)), [image, isBlind]);
  const acts = reviewActs({ classes, likely, isBlind, onSay });
  const move = (id: string, key: string, says: string, run: () => void): KeyBinding => ({ id, keys: [key], says, run });
  useKeys({
    title: isBlind ? 'Measure' : 'Review',
    bindings: [
      ...acts,
      move('review.find', 'f', 'find a class', () => setChoosing(true)),
      move('review.skip', 'ArrowRight', 'skip', onSkip),
      move('review.back', 'ArrowLeft', 'back', onBack),
      move('review.note', 'n', 'note', onNote),
      { ...move('review.undo', 'u', 'undo, and look again', onUndo), keys: ['u', 'Ctrl+z'], isEverywhere: true },
    ],
  });
  return (
    <>
      <DecisionButtons
        acts={acts}
        image={image}
        isBlind={isBlind}
        onFind={() => setChoosing(true)}
        onSkip={onSkip}
        onUndo={onUndo}
        onNote={onNote}
        hasNote={hasNote}
      />
      {isChoosing ? <ClassChooser title="This image shows" onSay={onSay} onClose={() => setChoosing(false)} /> : null}
    </>
  );
}

interface ReviewActsOptions {
  readonly classes: readonly string[];
  /** Indices of classes, the likeliest first. */
  readonly likely: readonly number[];
  readonly isBlind: boolean;
  readonly onSay: (saying: Saying, words: string) => void;
}

const LIKELY_KEYS = ['a', 's', 'd'];
const MAX_NUMBERED = 9;

/** What can be said of an image, with its keys. */
function reviewActs({ classes, likely, isBlind, onSay }: ReviewActsOptions): readonly KeyBinding[] {
  const named = (index: number): string => `class:${classes[index] ?? ''}`;
  const act = (id: string, key: string, says: string, saying: Saying): KeyBinding => ({
    id,
    keys: [key],
    says,
    run: () => onSay(saying, says),
  });
  const ofSplit: readonly KeyBinding[] = isBlind
    ? []
    : [
        act('review.agree', 'Space', 'agree with the split', ({ kind, given, refined }) =>
          kind === 'open' ? 'open' : named(kind === 'closed' ? (refined ?? given) : given),
        ),
        act('decide.given', 'g', 'the given class is right', ({ given }) => named(given)),
        act('decide.leave-out', 'b', 'leave out of the next builds', () => 'leave-out'),
      ];
  const ofLikely = LIKELY_KEYS.map((key, at) => ({
    ...act(
      `review.likely-${at + 1}`,
      key,
      ['likeliest class', 'second likeliest', 'third likeliest'][at] ?? '',
      () => '',
    ),
    run: () => {
      const index = likely[at];
      if (index !== undefined) onSay(() => named(index), classes[index] ?? '');
    },
  }));
  const numbered = classes
    .slice(0, MAX_NUMBERED)
    .map((name, index) => act(`decide.class-${index + 1}`, `${index + 1}`, name, () => `class:${name}`));
  return [
    ...ofSplit,
    act('decide.open', 'o', 'none of the classes', () => 'open'),
    ...(isBlind ? [] : ofLikely),
    ...numbered,
    act('decide.unsure', 'v', 'unsure', () => 'unsure'),
  ];
}

/** Keys that are pressed meanwhile wait, too. */
function NoImageYet({ error }: { readonly error: Error | null }): React.JSX.Element {
  if (error === null) return <Waiting says="Choosing images …" />;
  return (
    <EmptyState title="No image can be shown now" isAlarm isPart>
      <p>{error.message} It is asked again by itself.</p>
    </EmptyState>
  );
}

function Pace({ past, left }: { readonly past: readonly PastLook[]; readonly left: number | null }): React.JSX.Element {
  const { decisionCount } = useWholeProject();
  const each =
    past.length === 0 ? null : past.reduce((sum, { millis }) => sum + Math.min(millis, 60_000), 0) / past.length;
  return (
    <p className={styles.pace} role="status">
      {[
        `${formatCount(past.length)} now`,
        `${formatCount(decisionCount)} in all`,
        ...(each === null ? [] : [`${(each / 1000).toFixed(1)} s each`]),
        ...(left === null ? [] : [`${formatCount(left)} left`]),
      ].join(' · ')}
    </p>
  );
}

function usePastLooks(): {
  readonly looks: readonly PastLook[];
  add(look: PastLook): void;
  remove(batch: string): void;
} {
  const [looks, setLooks] = useState<readonly PastLook[]>([]);
  return {
    looks,
    add: useCallback((look) => setLooks((before) => [...before, look]), []),
    remove: useCallback((batch) => setLooks((before) => before.filter((look) => look.batch !== batch)), []),
  };
}
