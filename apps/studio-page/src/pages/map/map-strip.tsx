import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { formatCount } from '../../parts/numbers';
import { Picture } from '../../parts/picture';
import { read } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import { useProject, useShownFrame } from '../../server/project';
import type { ListFilters } from '../images/image-query';
import { filterTexts } from '../images/image-query';
import { tileWords } from '../images/tile-words';
import styles from './map.module.css';

const COUNT = 60;

interface MapStripProps {
  readonly query: ListFilters;
  readonly count: number;
  readonly isBusy: boolean;
}

/** What is in the lasso, without one in the list: how many, some at random, and what can be done with all of them. */
export function MapStrip({ query, count, isBusy }: MapStripProps): React.JSX.Element {
  const { classes } = useProject();
  const pictureOf = usePictureSource();
  const [draw, setDraw] = useState(0);
  const filters = filterTexts(query);
  const search = { ...frameSearch(useAddress().search), ...filters };
  const asked = { ...useShownFrame(), ...filters };
  const { data } = useQuery({
    queryKey: ['decisions', 'map-sample', asked, draw],
    queryFn: ({ signal }) => read('/api/map/sample', { search: { ...asked, count: COUNT, draw }, signal }),
    placeholderData: keepPreviousData,
    // First the points themselves: the server looks at all images for each of both.
    enabled: !isBusy,
  });
  const hasLasso = query.lasso.parts.length > 0;
  const tiles = data?.tiles ?? [];
  return (
    <aside className={styles.strip} aria-label={hasLasso ? 'In the lasso' : 'On the map'}>
      <p className={styles.count} role="status">
        <b>{isBusy ? '…' : formatCount(count)}</b> {hasLasso ? 'in the lasso' : 'on the map'}
      </p>
      {hasLasso ? null : <p className="soft">Draw around some of them to take a closer look.</p>}
      <nav className={styles.acts} aria-label="Go on with these images">
        <Link to="/pictures" search={search as never}>
          Open as list
        </Link>
        <Link to="/review/doubt" search={search as never}>
          Open as review
        </Link>
        <Link to="/sheets" search={search as never}>
          As sheets
        </Link>
      </nav>
      {tiles.length === 0 ? null : (
        <>
          <div className={styles.sampleHead}>
            <h2>{count > COUNT ? `${COUNT} of them at random` : 'All of them'}</h2>
            {count > COUNT ? (
              <button type="button" onClick={() => setDraw(draw + 1)}>
                Others
              </button>
            ) : null}
          </div>
          <ul className={styles.sample}>
            {tiles.map((tile) => (
              <li key={`${tile.index} ${tile.sha256}`}>
                <Link to={`/pictures/${tile.sha256}`} search={search as never} data-kind={tile.kind ?? undefined}>
                  <Picture
                    source={pictureOf(tile.sha256, 'square')}
                    alt={tileWords(tile, { classes, local: undefined, askedAt: 0 })}
                    loading="lazy"
                  />
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}
