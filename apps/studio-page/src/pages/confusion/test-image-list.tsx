import type { StudioRunDetail } from '@winnow/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyState } from '../../parts/empty-state';
import { countOf } from '../../parts/numbers';
import { PageSection } from '../../parts/page-body';
import { Picture } from '../../parts/picture';
import { Waiting } from '../../parts/waiting';
import { read } from '../../server/client';
import { useProject } from '../../server/project';
import { runTitle } from '../runs/run-words';
import styles from './confusion.module.css';

const PAGE = 120;

export interface TestImageListProps {
  readonly runs: readonly StudioRunDetail[];
  readonly filter: { readonly trueClass: string; readonly predicted: string; readonly flips: '' | 'gained' | 'lost' };
}

/** The test images of a cell, or those that flipped. */
export function TestImageList({ runs, filter }: TestImageListProps): React.JSX.Element {
  const { capability } = useProject();
  const [count, setCount] = useState(PAGE);
  const search = {
    runs: runs.map(({ id }) => id).join(','),
    true: filter.trueClass,
    predicted: filter.predicted,
    flips: filter.flips,
    count,
  };
  const { data, error } = useQuery({
    queryKey: ['runs', 'test-images', search],
    queryFn: ({ signal }) => read('/api/test-images', { search, signal }),
    placeholderData: keepPreviousData,
  });
  if (error !== null)
    return (
      <EmptyState title="The images cannot be listed" isPart>
        {error.message}
      </EmptyState>
    );
  if (data === undefined) return <Waiting />;
  const title = titleOf(runs, filter);
  if (data.missing !== null) {
    return (
      <PageSection title={title}>
        <p>{data.missing}</p>
      </PageSection>
    );
  }
  return (
    <PageSection title={title} aside={<span className="soft">{countOf(data.total, 'image')}</span>}>
      {data.total === 0 ? <p className="soft">There is none.</p> : null}
      <ul className={styles.images}>
        {data.images.map(({ index, name, trueClass, predicted }) => (
          <li key={index}>
            <Picture
              source={`/pic/${capability}/test/${index}`}
              alt={`${trueClass}, taken for ${predicted.join(' and for ')}`}
              loading="lazy"
              width={112}
              height={112}
            />
            <span className={styles.caption} title={name}>
              <bdi>{trueClass}</bdi>
              {predicted
                .filter((one) => one !== trueClass)
                .map((one) => (
                  <span key={one}>
                    {' → '}
                    <bdi>{one}</bdi>
                  </span>
                ))}
            </span>
          </li>
        ))}
      </ul>
      {data.total > data.images.length && count < 500 ? (
        <p>
          <button type="button" onClick={() => setCount(Math.min(500, count + 2 * PAGE))}>
            Show more
          </button>
        </p>
      ) : null}
    </PageSection>
  );
}

function titleOf(
  [first, second]: TestImageListProps['runs'],
  { trueClass, predicted, flips }: TestImageListProps['filter'],
): string {
  const knows = flips === 'lost' ? first : second;
  if (flips !== '' && knows !== undefined) return `Right by ${runTitle(knows)} alone`;
  return trueClass === predicted ? `${trueClass}, recognised` : `${trueClass} taken for ${predicted}`;
}
