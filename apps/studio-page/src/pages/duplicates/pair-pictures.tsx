import type { PairImage, PictureSize } from '@winnow/contracts';
import { Picture } from '../../parts/picture';
import { usePictureSource } from '../../server/picture-source';
import type { PairView } from './duplicates-query';
import type { PairSpot } from './pair-spots';
import styles from './duplicates.module.css';

/** The kept image, or the test image of a leak. */
export function KeptPicture({ spot }: { readonly spot: PairSpot }): React.JSX.Element {
  const { cluster, pair, isLeak } = spot;
  const { kept } = cluster;
  if (isLeak)
    return <PairPicture image={kept} source={pair?.copy.sha256 ?? ''} sizes={['leaked']} alt="The test image" />;
  return <PairPicture image={kept} source={kept?.sha256 ?? ''} sizes={['original', 'square']} alt="The kept image" />;
}

/** A copy beside what is kept, or upon it. */
export function CopyPicture({ spot, view }: { readonly spot: PairSpot; readonly view: PairView }): React.JSX.Element {
  const { pair } = spot;
  if (pair === null) return <p className={styles.gone}>one file, listed under several classes</p>;
  const copy = <PairPicture image={pair.copy} source={pair.copy.sha256} sizes={['copy']} alt="The copy" />;
  if (view === 'side' || pair.copy.isForgotten === true) return copy;
  return (
    <div className={styles.stack} data-view={view} data-flipped={pair.isFlipped || undefined}>
      <KeptPicture spot={spot} />
      {copy}
    </div>
  );
}

interface PairPictureProps {
  readonly image: PairImage | null;
  /** Digest in the address of its bytes. */
  readonly source: string;
  /** The next one is taken where the one before cannot be read. */
  readonly sizes: readonly PictureSize[];
  readonly alt: string;
}

function PairPicture({ image, source, sizes, alt }: PairPictureProps): React.JSX.Element {
  const pictureOf = usePictureSource();
  if (image?.isForgotten === true) return <p className={styles.gone}>forgotten</p>;
  const gone = <p className={styles.gone}>not there any more; winnow verify says why</p>;
  if (image === null) return gone;
  return sizes.reduceRight(
    (instead, size) => (
      <Picture source={pictureOf(source, size)} alt={alt} loading="lazy" decoding="async" instead={instead} />
    ),
    gone,
  );
}
