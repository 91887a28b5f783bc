import { Picture } from '../../parts/picture';
import { usePictureSource } from '../../server/picture-source';
import { sayingWords } from '../images/tile-words';
import styles from './review.module.css';

/** A decision of this sitting. */
export interface PastLook {
  readonly sha256: string;
  readonly says: string;
  readonly words: string;
  readonly batch: string;
  readonly millis: number;
}

const SHOWN = 10;

/** The last ten: each is taken back and looked at again by a click. */
export function LastLooks({
  looks,
  onShow,
}: {
  readonly looks: readonly PastLook[];
  readonly onShow: (look: PastLook) => void;
}): React.JSX.Element {
  const pictureOf = usePictureSource();
  const shown = looks.slice(-SHOWN).reverse();
  return (
    <section className={styles.last} aria-label="Last decisions">
      {shown.length === 0 ? <p className={styles.hint}>Your last ten decisions are kept here.</p> : null}
      <ul>
        {shown.map((look) => (
          <li key={look.batch}>
            <button
              type="button"
              onClick={() => onShow(look)}
              aria-label={`Undo: ${sayingWords(look.says)}, and look again`}
            >
              <Picture source={pictureOf(look.sha256, 'square')} alt="" width={48} height={48} />
              <bdi>{sayingWords(look.says)}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
