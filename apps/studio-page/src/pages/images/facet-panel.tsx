import type { FacetValue, ImageFacets } from '@winnow/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import type { Range } from '../../address/codec';
import type { AddressValues } from '../../address/use-address';
import { frameSearch, useAddress } from '../../address/use-address';
import { KIND_SIGNS } from '../../grid/tile-element';
import { KindSign } from '../../parts/kind-sign';
import { formatShort } from '../../parts/numbers';
import { read } from '../../server/client';
import styles from './facet-panel.module.css';
import type { ImageQuery, ListFacet, RangeName, IMAGE_QUERY } from './image-query';
import { filterTexts, LIST_FACETS, RANGES } from './image-query';

interface FacetPanelProps {
  readonly query: ImageQuery;
  readonly change: AddressValues<typeof IMAGE_QUERY>['change'];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Counts by value, each without its own filter; what is chosen is the address. Not drawn again for each part of the list that comes. */
export const FacetPanel = memo(function FacetPanel({ query, change, isOpen, onClose }: FacetPanelProps) {
  const { search } = useAddress();
  const texts = { ...frameSearch(search), ...filterTexts(query) };
  const { data } = useQuery({
    queryKey: ['decisions', 'facets', texts],
    queryFn: ({ signal }) => read('/api/facets', { search: texts, signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <aside className={styles.panel} aria-label="Filters" data-is-open={isOpen || undefined}>
      <button type="button" className={styles.close} onClick={onClose}>
        Show the images
      </button>
      {(Object.keys(LIST_FACETS) as ListFacet[]).map((name) => (
        <FacetList
          key={name}
          name={name}
          values={data?.facets[name] ?? null}
          texts={texts}
          chosen={query[name]}
          onChoose={(values) => change({ [name]: values })}
        />
      ))}
      {(Object.keys(RANGES) as RangeName[]).map((name) => (
        <RangeFields key={name} name={name} range={query[name]} onChange={(range) => change({ [name]: range })} />
      ))}
    </aside>
  );
});

interface FacetListProps {
  readonly name: ListFacet;
  /** Null: not known yet. */
  readonly values: ImageFacets['facets'][ListFacet] | null;
  readonly chosen: readonly string[];
  /** Filters of the list. */
  readonly texts: Readonly<Record<string, string>>;
  readonly onChoose: (values: readonly string[]) => void;
}

const FEW = 6;
/** More values than the server sends at once: it looks for the others itself. */
const ALL_SENT = 50;

function FacetList({ name, values, chosen, texts, onChoose }: FacetListProps): React.JSX.Element | null {
  const [text, setText] = useState('');
  const [isWhole, setWhole] = useState(false);
  const wanted = text.trim().toLowerCase();
  const known = withChosen(useFacetSearch({ name, values, texts, wanted }), chosen);
  if (values !== null && known.length === 0 && wanted === '') return null;
  const found = known.filter(({ label }) => label.toLowerCase().includes(wanted));
  const isShown = ({ value }: FacetValue, index: number): boolean => index < FEW || chosen.includes(value);
  const shown = isWhole || wanted !== '' ? found : found.filter(isShown);
  const most = Math.max(1, ...known.map(({ count }) => count));
  const toggle = (value: string): void =>
    onChoose(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
  return (
    <fieldset className={styles.facet}>
      <legend>{LIST_FACETS[name]}</legend>
      {known.length > FEW || wanted !== '' ? (
        <input
          type="search"
          aria-label={`Find: ${LIST_FACETS[name]}`}
          placeholder="find …"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      ) : null}
      {values === null ? <p className="soft">…</p> : null}
      {shown.map((value) => (
        <label key={value.value} className={styles.value} data-empty={value.count === 0 || undefined}>
          <input type="checkbox" checked={chosen.includes(value.value)} onChange={() => toggle(value.value)} />
          <span className={styles.label}>
            {name === 'kind' ? <KindSign kind={value.value} /> : null} <bdi>{value.label}</bdi>
          </span>
          <span className={styles.number}>{formatShort(value.count)}</span>
          <span className={styles.share} style={{ inlineSize: `${(value.count / most) * 100}%` }} />
        </label>
      ))}
      {shown.length < found.length ? (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {found.length - shown.length} more
        </button>
      ) : null}
    </fieldset>
  );
}

/** The values that were sent; where they may not be all, those that the server finds. */
function useFacetSearch({
  name,
  values,
  texts,
  wanted,
}: Pick<FacetListProps, 'name' | 'values' | 'texts'> & { readonly wanted: string }): readonly FacetValue[] {
  const search = { ...texts, facet: name, find: wanted };
  const { data } = useQuery({
    queryKey: ['decisions', 'facets', search],
    queryFn: ({ signal }) => read('/api/facets', { search, signal }),
    placeholderData: keepPreviousData,
    enabled: wanted !== '' && (values?.length ?? 0) >= ALL_SENT,
  });
  const counted = data !== undefined && wanted !== '' ? data.facets[name] : (values ?? []);
  return name === 'kind' ? inKindOrder(counted) : counted;
}

/** Three of them are known by their place, not by their count. */
function inKindOrder(values: readonly FacetValue[]): readonly FacetValue[] {
  const order = Object.keys(KIND_SIGNS);
  return [...values].sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value));
}

/** What is chosen stays to be seen, with nothing left of it if need be. */
function withChosen(values: readonly FacetValue[], chosen: readonly string[]): readonly FacetValue[] {
  const missing = chosen.filter((value) => !values.some((known) => known.value === value));
  return [...values, ...missing.map((value) => ({ value, label: value, count: 0 }))];
}

interface RangeFieldsProps {
  readonly name: RangeName;
  readonly range: Range | null;
  readonly onChange: (range: Range | null) => void;
}

function RangeFields({ name, range, onChange }: RangeFieldsProps): React.JSX.Element {
  const { title, max, step } = RANGES[name];
  const field = (end: 'from' | 'to', words: string): React.JSX.Element => (
    <label>
      <span className="unseen">
        {title} {words}
      </span>
      <input
        type="number"
        min={0}
        {...(max === null ? {} : { max })}
        step={step}
        placeholder={words}
        value={range?.[end] ?? ''}
        onChange={({ target }) => {
          const value = target.value === '' ? null : Math.max(0, Number(target.value));
          const next = { from: range?.from ?? null, to: range?.to ?? null, [end]: value };
          onChange(next.from === null && next.to === null ? null : next);
        }}
      />
    </label>
  );
  return (
    <fieldset className={styles.facet}>
      <legend>{title}</legend>
      <div className={styles.range}>
        {field('from', 'from')} – {field('to', 'to')}
      </div>
    </fieldset>
  );
}
