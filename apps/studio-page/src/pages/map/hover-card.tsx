import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { frameSearch, useAddress } from '../../address/use-address';
import { formatShare } from '../../parts/numbers';
import { Picture } from '../../parts/picture';
import { read } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import { useProject, useShownFrame } from '../../server/project';
import { tileWords } from '../images/tile-words';
import type { Point, Size } from './map-view';
import styles from './map.module.css';

interface HoverCardProps {
  /** Its place in the data set. */
  readonly row: number;
  readonly at: Point;
  readonly within: Size;
  /** It stays, and leads to the image. */
  readonly isPinned: boolean;
}

const CARD_PIXELS = 176;

/** The image of a point. */
export function HoverCard({ row, at, within, isPinned }: HoverCardProps): React.JSX.Element {
  const frame = frameSearch(useAddress().search);
  const asked = useShownFrame();
  const { classes } = useProject();
  const pictureOf = usePictureSource();
  const { data } = useQuery({
    queryKey: ['decisions', 'map-image', asked, row],
    // Without filters a list is the data set in its order.
    queryFn: ({ signal }) => read('/api/images', { search: { ...asked, from: row, count: 1 }, signal }),
  });
  const tile = data?.tiles[0];
  const [x, y] = at;
  const style = {
    left: Math.max(4, Math.min(x + 14, within.width - CARD_PIXELS - 4)),
    ...(y > within.height / 2 ? { bottom: within.height - y + 14 } : { top: y + 14 }),
  };
  if (tile === undefined) return <div className={styles.card} style={style} />;
  const words = tileWords(tile, { classes, local: undefined, askedAt: 0 });
  const body = (
    <>
      {tile.isForgotten === true ? (
        <span>forgotten</span>
      ) : (
        <Picture source={pictureOf(tile.sha256, 'square')} alt="" draggable={false} />
      )}
      <span>
        <bdi>{words}</bdi>
        {tile.doubt === null ? '' : `, doubt ${formatShare(tile.doubt)}`}
      </span>
    </>
  );
  return (
    <div className={styles.card} style={style} data-pinned={isPinned || undefined}>
      {isPinned ? (
        <Link to={`/pictures/${tile.sha256}`} search={frame as never}>
          {body}
        </Link>
      ) : (
        body
      )}
    </div>
  );
}
