import { useQueries } from '@tanstack/react-query';
import { writeValues } from '../../address/codec';
import type { AddressValues } from '../../address/use-address';
import { frameSearch, useAddress } from '../../address/use-address';
import { useKeys } from '../../keys/use-keys';
import { KeyCap } from '../../keys/key-cap';
import { EmptyState } from '../../parts/empty-state';
import { countOf } from '../../parts/numbers';
import { read } from '../../server/client';
import type { ImageQuery } from './image-query';
import { appliedFilters, IMAGE_QUERY } from './image-query';
import styles from './images-page.module.css';

interface NoResultsProps {
  readonly query: ImageQuery;
  readonly change: AddressValues<typeof IMAGE_QUERY>['change'];
}

/** Which filter takes most away, and one key to drop it. */
export function NoResults({ query, change }: NoResultsProps): React.JSX.Element {
  const { search } = useAddress();
  const frame = frameSearch(search);
  const applied = appliedFilters(query);
  const counts = useQueries({
    queries: applied.map(({ without }) => {
      const texts = { ...frame, ...writeValues(IMAGE_QUERY, { ...query, ...without }), from: 0, count: 1 };
      return {
        queryKey: ['decisions', 'without', texts],
        queryFn: ({ signal }: { readonly signal: AbortSignal }) => read('/api/images', { search: texts, signal }),
      };
    }),
  });
  const ways = applied
    .map((filter, index) => ({ ...filter, total: counts[index]?.data?.total ?? 0 }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total);
  const [best] = ways;
  const dropBest = (): void => change(best?.without ?? {});
  useKeys({
    title: 'No images',
    bindings: [{ id: 'images.drop-filter', keys: ['x'], says: 'drop the filter that takes most away', run: dropBest }],
  });
  return (
    <EmptyState title="No image is so" isPart>
      <p>
        {best === undefined
          ? 'It takes more than one filter away: drop them all, or some.'
          : 'Without one of its filters the list has:'}
      </p>
      <ul className={styles.ways}>
        {ways.map(({ name, words, without, total }) => (
          <li key={name}>
            <button type="button" onClick={() => change(without)}>
              without <bdi>{words}</bdi>: {countOf(total, 'image')} {name === best?.name ? <KeyCap name="x" /> : null}
            </button>
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}
