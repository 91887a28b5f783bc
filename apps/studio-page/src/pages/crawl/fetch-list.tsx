import type { StudioFetch } from '@winnow/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../keys/dialog';
import { formatAgo, formatClock } from '../../parts/durations';
import { countOf } from '../../parts/numbers';
import { ScrollTable } from '../../parts/scroll-table';
import { Waiting } from '../../parts/waiting';
import { read, WHILE_PASSING } from '../../server/client';
import styles from './crawl-page.module.css';

const PART = 50;
const MOST = 200;

export interface FetchListProps {
  readonly title: string;
  /** `waiting`: those of which nothing is known yet. */
  readonly outcome: string;
  readonly onClose: () => void;
}

/** The addresses that came to one outcome, those tried last first. */
export function FetchList({ title, outcome, onClose }: FetchListProps): React.JSX.Element {
  const [from, setFrom] = useState(0);
  const search = { outcome, from, count: PART };
  const { data, error, failureReason } = useQuery({
    ...WHILE_PASSING,
    queryKey: ['crawl', 'fetches', search],
    queryFn: ({ signal }) => read('/api/crawl/fetches', { search, signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <Dialog title={title} onClose={onClose} isWide>
      {error === null ? null : <p role="alert">{error.message}</p>}
      {data === undefined ? (
        <Waiting reason={failureReason} />
      ) : (
        <>
          <p className="soft">
            {countOf(data.total, 'address', 'addresses')}
            {data.total > PART ? `, ${from + 1} to ${Math.min(data.total, from + PART)} of them` : null}
          </p>
          <ScrollTable caption={title}>
            <thead>
              <tr>
                <th scope="col">Address</th>
                <th scope="col">Answer</th>
                <th scope="col" data-number>
                  Tries
                </th>
                <th scope="col">Last</th>
                <th scope="col">Next</th>
              </tr>
            </thead>
            <tbody>
              {data.fetches.map((one) => (
                <FetchRow key={one.url} fetch={one} />
              ))}
            </tbody>
          </ScrollTable>
          {data.total > PART ? (
            <p className={styles.parts}>
              <button type="button" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - PART))}>
                Before
              </button>
              <button type="button" disabled={from + PART >= data.total} onClick={() => setFrom(from + PART)}>
                Next
              </button>
            </p>
          ) : null}
        </>
      )}
    </Dialog>
  );
}

function FetchRow({ fetch }: { readonly fetch: StudioFetch }): React.JSX.Element {
  const { url, link, status, detail, attempts, at, nextTryAt } = fetch;
  const shown = <bdi>{url.length > MOST ? `${url.slice(0, MOST)}…` : url}</bdi>;
  return (
    <tr>
      <th scope="row" className={styles.url}>
        {link === null ? (
          shown
        ) : (
          <a href={link} target="_blank" rel="noopener noreferrer nofollow">
            {shown}
          </a>
        )}
      </th>
      <td className={styles.answer}>
        <bdi>{detail?.slice(0, MOST) ?? status ?? '–'}</bdi>
      </td>
      <td data-number>{attempts}</td>
      <td className={styles.time}>{attempts === 0 ? '–' : formatAgo(at)}</td>
      <td className={styles.time}>{nextTryAt === null ? '–' : formatClock(nextTryAt)}</td>
    </tr>
  );
}
