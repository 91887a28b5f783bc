import type { StudioSort } from '@winnow/contracts';
import { useEffect, useState } from 'react';
import { writeValues } from '../../address/codec';
import type { AddressValues } from '../../address/use-address';
import type { ListFacts } from '../../grid/tile-source';
import { useKeys } from '../../keys/use-keys';
import { formatCount } from '../../parts/numbers';
import { changePreferences, preferences } from '../../parts/preferences';
import { useSignal } from '../../parts/signal';
import { FilterChips } from './filter-chips';
import type { ImageQuery } from './image-query';
import { appliedFilters, IMAGE_QUERY, SORT_WORDS, SORTS } from './image-query';
import styles from './images-page.module.css';
import { ViewsDialog } from '../../views/views-dialog';

interface ListBarProps {
  readonly query: ImageQuery;
  readonly ignored: readonly string[];
  readonly facts: ListFacts;
  readonly change: AddressValues<typeof IMAGE_QUERY>['change'];
  readonly onFacets: () => void;
}

const TYPING_MILLIS = 350;

/** Find, count, order and size, and each filter with a way to drop it. */
export function ListBar({ query, ignored, facts, change, onFacets }: ListBarProps): React.JSX.Element {
  const applied = appliedFilters(query);
  const { tilePixels } = useSignal(preferences);
  const [hasViews, setViews] = useState(false);
  const openViews = { id: 'images.views', keys: ['w'], says: 'saved views', run: () => setViews(true) };
  useKeys({ title: 'Views', bindings: [openViews] });
  return (
    <div className={styles.bar}>
      <div className={styles.barRow}>
        <button type="button" className={styles.facetsButton} onClick={onFacets}>
          Filters{applied.length === 0 ? '' : ` (${applied.length})`}
        </button>
        <FindField text={query.q} onFind={(q) => change({ q }, { isTyping: true })} />
        <p className={styles.count} role="status">
          {facts.total === null ? '…' : <b>{formatCount(facts.total)}</b>}
          {facts.total === null || facts.total === facts.of ? ' images' : ` of ${formatCount(facts.of)} images`}
        </p>
        <span className={styles.spacer} />
        <button type="button" aria-haspopup="dialog" onClick={() => setViews(true)}>
          Views …
        </button>
        <label>
          sort{' '}
          <select value={query.sort} onChange={({ target }) => change({ sort: target.value as StudioSort })}>
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {SORT_WORDS[sort]}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          aria-pressed={query.descending}
          aria-label="Largest first"
          onClick={() => change({ descending: !query.descending })}
        >
          {query.descending ? '↓' : '↑'}
        </button>
        <label className={styles.size}>
          <span className="unseen">Size of the images</span>
          <input
            type="range"
            min={64}
            max={232}
            step={8}
            value={tilePixels}
            onChange={({ target }) => changePreferences({ tilePixels: Number(target.value) })}
          />
        </label>
      </div>
      {hasViews ? <ViewsDialog search={writeValues(IMAGE_QUERY, query)} onClose={() => setViews(false)} /> : null}
      <FilterChips applied={applied} change={change}>
        {ignored.length === 0 ? null : (
          <li className="soft">The address also says {ignored.join(', ')}, which means nothing here.</li>
        )}
      </FilterChips>
    </div>
  );
}

/** Typing waits for a pause; `Enter` does not. */
function FindField({
  text,
  onFind,
}: {
  readonly text: string;
  readonly onFind: (text: string) => void;
}): React.JSX.Element {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => onFind(typed), TYPING_MILLIS);
    return () => clearTimeout(timer);
  }, [typed, text, onFind]);
  return (
    <input
      type="search"
      className={styles.find}
      data-find=""
      aria-label="Find images"
      placeholder="find: license in (cc0, by) and doubt > .3"
      spellCheck={false}
      autoComplete="off"
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') onFind(typed);
        if (key === 'Escape') currentTarget.blur();
      }}
    />
  );
}
