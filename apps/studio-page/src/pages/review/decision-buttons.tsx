import type { ImageDetail } from '@winnow/contracts';
import { KeyCap } from '../../keys/key-cap';
import type { KeyBinding } from '../../keys/key-layers';
import { keysOf } from '../../keys/key-layers';
import { useProject } from '../../server/project';
import { likeliest } from './likeliest';
import styles from './review.module.css';

/** As many classes have a digit. */
const MAX_NUMBERED = 9;

export interface DecisionButtonsProps {
  readonly acts: readonly KeyBinding[];
  /** Null until it is known, and for blind looks. */
  readonly image: ImageDetail | null;
  readonly isBlind: boolean;
  readonly onFind: () => void;
  readonly onSkip: () => void;
  readonly onUndo: () => void;
  readonly onNote: () => void;
  readonly hasNote: boolean;
}

/** Every decision as a button with its key: at the bottom of a narrow screen. */
export function DecisionButtons({
  acts,
  image,
  isBlind,
  onFind,
  onSkip,
  onUndo,
  onNote,
  hasNote,
}: DecisionButtonsProps): React.JSX.Element {
  const { classes } = useProject();
  const act = (id: string): KeyBinding | undefined => acts.find((one) => one.id === id);
  const likely = likeliest(image);
  const agreed = agreedWords(image, classes);
  const isNumbered = classes.length <= MAX_NUMBERED;
  return (
    <div className={styles.acts} role="group" aria-label="Decisions">
      <div className={styles.row}>
        {isBlind ? null : (
          <>
            <ActButton act={act('review.agree')} isMain>
              agree{agreed === null ? '' : ': '}
              <bdi>{agreed}</bdi>
            </ActButton>
            <ActButton act={act('decide.given')}>
              <bdi>{image === null ? 'given class' : classes[image.given]}</bdi> is right
            </ActButton>
          </>
        )}
        {isNumbered
          ? null
          : likely.map((index, at) => (
              <ActButton key={index} act={act(`review.likely-${at + 1}`)}>
                <bdi>{classes[index]}</bdi>
              </ActButton>
            ))}
        <ActButton act={act('decide.open')}>none of them</ActButton>
        <button type="button" className={styles.act} onClick={onFind} aria-haspopup="dialog">
          <KeyCap name="f" /> find …
        </button>
        <ActButton act={act('decide.unsure')}>unsure</ActButton>
        <ActButton act={act('decide.leave-out')}>leave out</ActButton>
        <button type="button" className={styles.act} onClick={onSkip}>
          <KeyCap name="ArrowRight" /> skip
        </button>
        <button type="button" className={styles.act} onClick={onUndo}>
          <KeyCap name="u" /> undo
        </button>
        <button type="button" className={styles.act} onClick={onNote} aria-haspopup="dialog">
          <KeyCap name="n" /> note{hasNote ? ' ✓' : ''}
        </button>
      </div>
      {isNumbered ? (
        <div className={styles.row}>
          {classes.map((name, index) => (
            <ActButton key={name} act={act(`decide.class-${index + 1}`)} isPlain={!isBlind}>
              <bdi>{name}</bdi>
            </ActButton>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function ActButton({
  act,
  children,
  isMain = false,
  isPlain = false,
}: {
  readonly act: KeyBinding | undefined;
  readonly children: React.ReactNode;
  readonly isMain?: boolean;
  readonly isPlain?: boolean;
}): React.JSX.Element | null {
  if (act === undefined) return null;
  return (
    <button
      type="button"
      className={styles.act}
      data-main={isMain || undefined}
      data-plain={isPlain || undefined}
      onClick={() => act.run(new KeyboardEvent('keydown'))}
    >
      <KeyCap name={keysOf(act)[0] ?? ''} /> <span>{children}</span>
    </button>
  );
}

function agreedWords(image: ImageDetail | null, classes: readonly string[]): string | null {
  if (image === null) return null;
  const { kind, given, refined } = image;
  if (kind === 'open') return 'none of them';
  return classes[kind === 'closed' ? (refined ?? given) : given] ?? null;
}
