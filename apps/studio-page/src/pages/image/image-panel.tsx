import type { ImageDetail, StudioListing } from '@winnow/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { frameSearch, useAddress } from '../../address/use-address';
import { localDecisions } from '../../decisions/decision-queue';
import { KeyCap } from '../../keys/key-cap';
import { KindSign } from '../../parts/kind-sign';
import { formatShare } from '../../parts/numbers';
import { Picture } from '../../parts/picture';
import { useSignal } from '../../parts/signal';
import { useHeldOriginal } from '../../parts/use-held-original';
import { usePictureSource } from '../../server/picture-source';
import { useProject } from '../../server/project';
import { imageDetail } from './image-detail-query';
import { ImageFacts } from './image-facts';
import { ImageHistory } from './image-history';
import styles from './image-panel.module.css';
import { NearestImages } from './nearest-images';
import { sayingWords } from '../images/tile-words';

const KINDS = ['clean', 'closed', 'open'] as const;

interface ImagePanelProps {
  readonly sha256: string;
  /** To the image before or after it in the list. */
  readonly onMove: (step: 'left' | 'right') => void;
  readonly onClose: () => void;
}

/** One image: large, with what the split says of it, where it was found and what people decided. */
export function ImagePanel({ sha256, onMove, onClose }: ImagePanelProps): React.JSX.Element {
  const { search } = useAddress();
  const frame = frameSearch(search);
  const { data, error, isPlaceholderData } = useQuery({
    ...imageDetail(sha256, frame),
    placeholderData: keepPreviousData,
  });
  return (
    <section className={styles.panel} aria-label="One image" data-stage="">
      <header className={styles.head}>
        <h2>{data === undefined ? 'Image' : <Title image={data} />}</h2>
        <button type="button" onClick={() => onMove('left')} aria-label="Previous image">
          ‹
        </button>
        <button type="button" onClick={() => onMove('right')} aria-label="Next image">
          ›
        </button>
        <button type="button" onClick={onClose} aria-label="Close the image">
          ✕
        </button>
      </header>
      <LargeImage sha256={sha256} image={isPlaceholderData ? undefined : data} />
      {error === null ? null : <p role="alert">{error.message}</p>}
      {data === undefined ? null : (
        <div className={styles.facts} aria-busy={isPlaceholderData}>
          <Probabilities image={data} />
          <Decided image={data} />
          {data.isDatabaseAway === true ? (
            <p role="status">The database is away: where this was found is shown when it is there again.</p>
          ) : (
            <Listings listings={data.listings} />
          )}
          <NearestImages sha256={sha256} />
          <ImageHistory image={data} />
          <ImageFacts image={data} />
        </div>
      )}
    </section>
  );
}

function Title({ image: { given, refined, kind } }: { readonly image: ImageDetail }): React.JSX.Element {
  const { classes } = useProject();
  return (
    <>
      <bdi>{classes[given]}</bdi>
      {kind === 'closed' && refined !== null ? (
        <>
          {' '}
          <span className="soft">→</span> <bdi>{classes[refined]}</bdi>
        </>
      ) : null}
      {kind === null ? null : (
        <span className={styles.kind}>
          <KindSign kind={kind} /> {kind}
        </span>
      )}
    </>
  );
}

/** What the network saw; the original as long as `Z` is held. */
function LargeImage({
  sha256,
  image,
}: {
  readonly sha256: string;
  readonly image: ImageDetail | undefined;
}): React.JSX.Element {
  const pictureOf = usePictureSource();
  const [isOriginal, setOriginal] = useHeldOriginal('The open image');
  const missing = image?.missing ?? null;
  const canShow = missing === null;
  const show = isOriginal && canShow;
  const source = pictureOf(sha256, show ? 'original' : 'square');
  return (
    <figure className={styles.figure}>
      <Picture
        key={source}
        source={source}
        alt={show ? 'The original' : 'As the network saw it'}
        data-original={show || undefined}
        instead={
          <p className={styles.gone}>{missing ?? 'The bytes of this image cannot be read. winnow verify says why.'}</p>
        }
      />
      <figcaption>
        {canShow ? (
          <button type="button" aria-pressed={isOriginal} onClick={() => setOriginal(!isOriginal)}>
            Original <KeyCap name="z" />
          </button>
        ) : (
          <span>{missing}</span>
        )}
        <span>{image === undefined ? '' : `${image.width} × ${image.height}`}</span>
      </figcaption>
    </figure>
  );
}

function Probabilities({ image: { probabilities, doubt } }: { readonly image: ImageDetail }): React.JSX.Element {
  if (probabilities === null) return <p className="soft">No split says anything of this image yet.</p>;
  return (
    <table className={styles.bars}>
      <caption className="unseen">What the split says</caption>
      <tbody>
        {KINDS.map((kind, index) => (
          <tr key={kind}>
            <th scope="row">
              <KindSign kind={kind} /> {kind}
            </th>
            <td>{formatShare(probabilities[index] ?? 0)}</td>
            <td className={styles.track} aria-hidden="true">
              <span data-kind={kind} style={{ inlineSize: `${(probabilities[index] ?? 0) * 100}%` }} />
            </td>
          </tr>
        ))}
        {doubt === null ? null : (
          <tr>
            <th scope="row">doubt</th>
            <td>{formatShare(doubt)}</td>
            <td />
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Decided({ image }: { readonly image: ImageDetail }): React.JSX.Element {
  const { classes } = useProject();
  const local = useSignal(localDecisions).get(image.sha256);
  const words =
    local !== undefined
      ? sayingWords(local.says)
      : {
          none: 'nobody',
          decided: image.decided === null ? 'none of the classes' : (classes[image.decided] ?? ''),
          disputed: 'people do not agree',
          unsure: 'unsure',
        }[image.state];
  return (
    <p>
      <span className="soft">Decided:</span> <b>{words}</b>
      {local?.storedAt === null ? <span className="soft"> · not stored yet</span> : null}
    </p>
  );
}

function Listings({ listings }: { readonly listings: readonly StudioListing[] }): React.JSX.Element {
  return (
    <details open>
      <summary>Where found ({listings.length})</summary>
      <ul className={styles.listings}>
        {listings.map((listing, index) => (
          <li key={index}>
            <bdi>{listing.title ?? 'without a title'}</bdi>
            <span className={styles.small}>
              {listing.creator === null ? null : (
                <>
                  <bdi>{listing.creator}</bdi> ·{' '}
                </>
              )}
              <bdi>{listing.license ?? 'licence not stated'}</bdi> · <bdi>{listing.engine}</bdi> as{' '}
              <bdi>{listing.className}</bdi>
              {listing.pageUrl === null ? null : <WebLink address={listing.pageUrl} />}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The server lets http and https through; so does this, once more. */
function WebLink({ address }: { readonly address: string }): React.JSX.Element | null {
  if (!/^https?:\/\//i.test(address)) return null;
  return (
    <>
      {' · '}
      <a href={address} target="_blank" rel="noopener noreferrer nofollow">
        <bdi>{new URL(address).hostname}</bdi>
        <span className="unseen"> (opens the web)</span>
      </a>
    </>
  );
}
