import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useAddress, useAddressValues } from '../../address/use-address';
import type { GridMove } from '../../grid/grid-geometry';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { StudioError } from '../../server/client';
import { useProject, useShown } from '../../server/project';
import { FacetPanel } from './facet-panel';
import { ImageGrid } from './image-grid';
import { ImagePanel } from '../image/image-panel';
import { IMAGE_QUERY } from './image-query';
import styles from './images-page.module.css';
import { ListBar } from './list-bar';
import { NoResults } from './no-results';
import { useTiles } from './use-tiles';

/** A list of images: its filters are the address, and one of them may be open beside it. */
export default function ImagesPage(): React.JSX.Element {
  const { file } = useProject();
  if (useShown().build !== null) return <ImageList />;
  return (
    <EmptyState title="No data set yet">
      <p>Images are listed here once they were crawled and built.</p>
      <CommandLine command={`winnow build ${file}`} />
    </EmptyState>
  );
}

function ImageList(): React.JSX.Element {
  const { values: query, ignored, change } = useAddressValues(IMAGE_QUERY);
  const { sha256 } = useParams({ strict: false }) as { readonly sha256?: string };
  const tiles = useTiles(query);
  const [hasFacets, setFacets] = useState(false);
  const closeFacets = useCallback(() => setFacets(false), []);
  const open = useOpen();
  const mover = useRef<(step: GridMove) => void>(() => undefined);
  const { total } = tiles.source.facts;
  useEffect(() => {
    document.title = `${total === null ? 'Images' : `${total} images`} · winnow studio`;
  }, [total]);
  return (
    <div className={styles.page} data-open={sha256 !== undefined || undefined}>
      <h1 className="unseen">Images</h1>
      <ListBar
        query={query}
        ignored={ignored}
        facts={tiles.source.facts}
        change={change}
        onFacets={() => setFacets(!hasFacets)}
      />
      <div className={styles.body}>
        <FacetPanel query={query} change={change} isOpen={hasFacets} onClose={closeFacets} />
        <div className={styles.list}>
          {tiles.source.error !== null && total === null ? (
            <NoList error={tiles.source.error} />
          ) : total === 0 ? (
            <NoResults query={query} change={change} />
          ) : (
            <ImageGrid tiles={tiles} query={query} openSha256={sha256 ?? null} onOpen={open} mover={mover} />
          )}
        </div>
        {sha256 === undefined ? null : (
          <ImagePanel sha256={sha256} onMove={(step) => mover.current(step)} onClose={() => open(null)} />
        )}
      </div>
    </div>
  );
}

/** The server reads the data set still, cannot read what is to be found, or is gone: it says which. */
function NoList({ error }: { readonly error: Error }): React.JSX.Element {
  const isAsked = error instanceof StudioError && error.status === 400;
  const next = error instanceof StudioError ? error.next : null;
  return (
    <EmptyState title={isAsked ? 'This cannot be looked for' : 'The images cannot be listed yet'} isPart>
      <p>{error.message}</p>
      {next === null ? null : <p>{next}</p>}
    </EmptyState>
  );
}

/** Opens an image beside the list, or none; following the list replaces the entry of the history. */
function useOpen(): (sha256: string | null, isFollowing?: boolean) => void {
  const navigate = useNavigate();
  const { search } = useAddress();
  return useCallback(
    (sha256, isFollowing = false) => {
      const to = sha256 === null ? '/pictures' : `/pictures/${sha256}`;
      void navigate({ to, search: search as never, replace: isFollowing });
    },
    [navigate, search],
  );
}
