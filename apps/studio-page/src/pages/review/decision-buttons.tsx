import type { ImageDetail } from '@winnow/contracts';
import { KeyCap } from '../../keys/key-cap';
import type { KeyBinding } from '../../keys/key-layers';
import { keysOf } from '../../keys/key-layers';
import { useProject } from '../../server/project';
import { likeliest } from './likeliest';
import styles from './review.module.css';

export interface DecisionButtonsProps {
  readonly acts: readonly KeyBinding[];
  /** Null until it is known, and for blind looks. */
  readonly image: ImageDetail | null;
  readonly isBlind: boolean;
  readonly onFind: () => void;
  readonly onSkip: () => void;
  readonly onUndo: () => void;
}

/** Every decision as a button with its key: at the bottom of a narrow screen. */
export function DecisionButtons({
  acts,
  image,
  isBlind,
  onFind,
  onSkip,
  onUndo,
}: DecisionButtonsProps): React.JSX.Element {
  const { classes } = useProject();
  const act = (id: string): KeyBinding | undefined => acts.find((one) => one.id === id);
  const likely = likeliest(image);
  const agreed = agreedWords(image, classes);
  const byClass = isBlind || likely.length < 2;
  return (
    <div className={styles.acts} role="group" aria-label="Decisions">
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
      {byClass ? null : (
        <>
          {likely.map((index, at) => (
            <ActButton key={index} act={act(`review.likely-${at + 1}`)}>
              <bdi>{classes[index]}</bdi>
            </ActButton>
          ))}
        </>
      )}
      {classes.length <= 12
        ? classes.slice(0, 9).map((name, index) => (
            <ActButton key={name} act={act(`decide.class-${index + 1}`)} isSmall={!isBlind}>
              <bdi>{name}</bdi>
            </ActButton>
          ))
        : null}
      <ActButton act={act('decide.open')}>none of them</ActButton>
      <button type="button" className={styles.act} onClick={onFind} aria-haspopup="dialog">
        <KeyCap name="f" /> find …
      </button>
      <ActButton act={act('decide.unsure')}>unsure</ActButton>
      <button type="button" className={styles.act} onClick={onSkip}>
        <KeyCap name="ArrowRight" /> skip
      </button>
      <button type="button" className={styles.act} onClick={onUndo}>
        <KeyCap name="u" /> undo
      </button>
    </div>
  );
}

function ActButton({
  act,
  children,
  isMain = false,
  isSmall = false,
}: {
  readonly act: KeyBinding | undefined;
  readonly children: React.ReactNode;
  readonly isMain?: boolean;
  readonly isSmall?: boolean;
}): React.JSX.Element | null {
  if (act === undefined) return null;
  return (
    <button
      type="button"
      className={styles.act}
      data-main={isMain || undefined}
      data-small={isSmall || undefined}
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
