import type { PairImage, PictureSize } from '@winnow/contracts';
import { useState } from 'react';
import { usePictureSource } from '../../server/picture-source';
import type { PairView } from './duplicates-query';
import type { PairSpot } from './pair-spots';
import styles from './duplicates.module.css';

/** The kept image, or the test image of a leak. */
export function KeptPicture({ spot }: { readonly spot: PairSpot }): React.JSX.Element {
  const { cluster, pair, isLeak } = spot;
  const { kept } = cluster;
  if (isLeak) return <Picture image={kept} source={pair?.copy.sha256 ?? ''} sizes={['leaked']} alt="The test image" />;
  return <Picture image={kept} source={kept?.sha256 ?? ''} sizes={['original', 'square']} alt="The kept image" />;
}

/** A copy beside what is kept, or upon it. */
export function CopyPicture({ spot, view }: { readonly spot: PairSpot; readonly view: PairView }): React.JSX.Element {
  const { pair } = spot;
  if (pair === null) return <p className={styles.gone}>one file, listed under several classes</p>;
  const copy = <Picture image={pair.copy} source={pair.copy.sha256} sizes={['copy']} alt="The copy" />;
  if (view === 'side' || pair.copy.isForgotten === true) return copy;
  return (
    <div className={styles.stack} data-view={view} data-flipped={pair.isFlipped || undefined}>
      <KeptPicture spot={spot} />
      {copy}
    </div>
  );
}

interface PictureProps {
  readonly image: PairImage | null;
  /** Digest in the address of its bytes. */
  readonly source: string;
  /** The next one is taken where the one before cannot be read. */
  readonly sizes: readonly PictureSize[];
  readonly alt: string;
}

function Picture({ image, source, sizes, alt }: PictureProps): React.JSX.Element {
  const pictureOf = usePictureSource();
  // By address, which is another one once the studio was started again: it may just have been away.
  const [failed, setFailed] = useState<ReadonlySet<string>>(new Set());
  const size = sizes.find((one) => !failed.has(pictureOf(source, one)));
  if (image === null || image.isForgotten === true || size === undefined) {
    const why = image?.isForgotten === true ? 'forgotten' : 'not there any more; winnow verify says why';
    return <p className={styles.gone}>{why}</p>;
  }
  const address = pictureOf(source, size);
  return (
    <img
      key={size}
      src={address}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => setFailed((before) => new Set([...before, address]))}
    />
  );
}
