import type { ImageDetail } from '@winnow/contracts';
import { KeyCap } from '../../keys/key-cap';
import { KindSign } from '../../parts/kind-sign';
import { formatShare } from '../../parts/numbers';
import { Picture } from '../../parts/picture';
import { useHeldOriginal } from '../../parts/use-held-original';
import { usePictureSource } from '../../server/picture-source';
import { useProject } from '../../server/project';
import styles from './review.module.css';

export interface LookedAtProps {
  readonly sha256: string;
  readonly image: ImageDetail | null;
  /** Nothing is said of it. */
  readonly isBlind: boolean;
}

/** The image, and beside it what is known of it. */
export function LookedAt({ sha256, image, isBlind }: LookedAtProps): React.JSX.Element {
  return (
    <div className={styles.look}>
      {/* An element of its own for each image: never one beside what is known of another. */}
      <ImageFigure key={sha256} sha256={sha256} image={image} />
      {isBlind ? (
        <p className={styles.blind}>
          Which class does it show? Nothing is said of the image, so that your look measures the split and not itself.{' '}
          <span className={styles.hint}>
            <KeyCap name="z" /> hold: the original
          </span>
        </p>
      ) : (
        <Known image={image} />
      )}
    </div>
  );
}

function ImageFigure({ sha256, image }: Omit<LookedAtProps, 'isBlind'>): React.JSX.Element {
  const pictureOf = usePictureSource();
  const [isOriginal] = useHeldOriginal('The image');
  const source = pictureOf(sha256, isOriginal && !(image?.missing ?? null) ? 'original' : 'square');
  return (
    <figure className={styles.figure}>
      {image?.isForgotten ? (
        <p className={styles.gone}>Forgotten since: skip it.</p>
      ) : (
        <Picture
          source={source}
          alt={isOriginal ? 'The original' : 'The image to decide of'}
          data-original={isOriginal || undefined}
          instead={
            <p className={styles.gone}>
              {image?.missing ?? 'The bytes of this image cannot be read. winnow verify says why.'}
            </p>
          }
        />
      )}
    </figure>
  );
}

function Known({ image }: { readonly image: ImageDetail | null }): React.JSX.Element {
  const { classes } = useProject();
  if (image === null) return <div className={styles.known} aria-busy="true" />;
  const { kind, given, refined, probabilities, copies, flags, listings, conflicts } = image;
  return (
    <div className={styles.known}>
      <dl className={styles.facts}>
        <div>
          <dt>found as</dt>
          <dd>
            <bdi>{classes[given]}</bdi>
          </dd>
        </div>
        <div>
          <dt>split</dt>
          <dd>
            {kind === null ? (
              'none yet'
            ) : (
              <>
                <KindSign kind={kind} /> {kind}
                {kind === 'closed' && refined !== null ? (
                  <>
                    , <bdi>{classes[refined]}</bdi>
                  </>
                ) : null}
              </>
            )}
          </dd>
        </div>
      </dl>
      {probabilities === null ? null : (
        <ul className={styles.bars}>
          {(['clean', 'closed', 'open'] as const).map((name, index) => (
            <li key={name}>
              <span>{name}</span>
              <span className={styles.track} aria-hidden="true">
                <span data-kind={name} style={{ inlineSize: `${100 * (probabilities[index] ?? 0)}%` }} />
              </span>
              <span>{formatShare(probabilities[index] ?? 0)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className={styles.small}>
        {listings[0]?.title ? (
          <>
            <bdi>{listings[0].title}</bdi> ·{' '}
          </>
        ) : null}
        {[
          ...(copies > 1 ? [`${copies} copies`] : []),
          ...(conflicts.length > 0 ? [`also found as ${conflicts.join(', ')}`] : []),
          ...flags.map((flag) => flag.replaceAll('_', ' ')),
        ].join(' · ')}
      </p>
      <p className={styles.hint}>
        <KeyCap name="z" /> hold: the original
      </p>
    </div>
  );
}
