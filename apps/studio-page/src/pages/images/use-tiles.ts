import { useEffect, useMemo, useReducer } from 'react';
import { stringifySearch } from '../../address/codec';
import { writeValues } from '../../address/codec';
import { frameSearch, useAddress } from '../../address/use-address';
import { TileSource } from '../../grid/tile-source';
import { onTopic } from '../../server/topics';
import type { ImageQuery } from './image-query';
import { IMAGE_QUERY } from './image-query';

export interface Tiles {
  readonly source: TileSource;
  /** Differs whenever some tile may. */
  readonly change: number;
}

/** The list of a query and of the data set that is shown; read again when a decision may have changed it. */
export function useTiles(query: ImageQuery): Tiles {
  const { search } = useAddress();
  const [change, changed] = useReducer((count: number) => count + 1, 0);
  // The same filters are the same list, in whichever order the address had them.
  const address = stringifySearch({ ...frameSearch(search), ...writeValues(IMAGE_QUERY, query) });
  const source = useMemo(() => new TileSource(Object.fromEntries(new URLSearchParams(address)), changed), [address]);
  useEffect(() => {
    source.want(0, 1);
    const stop = onTopic('decisions', () => source.refresh());
    return () => {
      stop();
      source.close();
    };
  }, [source]);
  return { source, change };
}
