import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { choiceParameter, flagParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { PageBody, PageSection, usePageTitle } from '../../parts/page-body';
import { useProject, useShown } from '../../server/project';
import { FilterChips } from '../images/filter-chips';
import type { ListFilters } from '../images/image-query';
import { appliedFilters, filterTexts, LIST_FILTERS } from '../images/image-query';
import { isReviewOrder, REVIEW_ORDER_WORDS, useReviewOrders } from './order-words';
import { ReviewStage } from './review-stage';
import styles from './review.module.css';

/** Of a hundred looks, at images that somebody else looked at. */
const OVERLAPS = ['0', '5', '10', '20', '50'] as const;
type Overlap = (typeof OVERLAPS)[number];

/** Of which images, how many of them two people look at, and whether anything is said of them. */
const ADDRESS = {
  ...LIST_FILTERS,
  overlap: choiceParameter<Overlap>(OVERLAPS, '0'),
  blind: flagParameter(),
};

/** Three ways to look at images; with an order in the address, one image after the other. */
export default function ReviewPage(): React.JSX.Element {
  const { file } = useProject();
  const { build, split } = useShown();
  const { order } = useParams({ strict: false }) as { readonly order?: string };
  if (build === null || split === null) {
    return (
      <EmptyState title={build === null ? 'No data set yet' : 'No split yet'}>
        <p>A review begins with what a split doubts: it tells clean, closed and open label noise apart.</p>
        <CommandLine command={`winnow ${build === null ? 'build' : 'split'} ${file}`} />
      </EmptyState>
    );
  }
  if (order === undefined || !isReviewOrder(order)) return <Ways />;
  return <Review key={order} order={order} />;
}

function Review({ order }: { readonly order: keyof typeof REVIEW_ORDER_WORDS }): React.JSX.Element {
  const { classes } = useProject();
  const orders = useReviewOrders();
  const { values, change } = useAddressValues(ADDRESS);
  const { search } = useAddress();
  const navigate = useNavigate();
  usePageTitle(`Review: ${REVIEW_ORDER_WORDS[order].title}`);
  const filters = filterTexts(values);
  const applied = appliedFilters(values);
  const key = JSON.stringify(filters);
  const [isBlind, overlap] = [values.blind, Number(values.overlap)];
  const source = useMemo(
    () => ({ kind: 'order' as const, order, filters, overlap, isBlind }),
    [order, key, overlap, isBlind],
  );
  return (
    <ReviewStage
      title="Review"
      source={source}
      aside={
        <>
          <label>
            order{' '}
            <select
              value={order}
              onChange={({ target }) => void navigate({ to: `/review/${target.value}`, search: search as never })}
            >
              {orders.map((name) => (
                <option key={name} value={name}>
                  {REVIEW_ORDER_WORDS[name].title}
                </option>
              ))}
            </select>
          </label>
          <label>
            kind{' '}
            <select value={values.kind[0] ?? ''} onChange={({ target }) => change({ kind: listOf(target.value) })}>
              <option value="">all</option>
              {['clean', 'closed', 'open'].map((kind) => (
                <option key={kind}>{kind}</option>
              ))}
            </select>
          </label>
          <label>
            found as{' '}
            <select value={values.given[0] ?? ''} onChange={({ target }) => change({ given: listOf(target.value) })}>
              <option value="">any class</option>
              {classes.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <SecondLooks share={values.overlap} onChange={(share) => change({ overlap: share })} />
          <label>
            <input type="checkbox" checked={isBlind} onChange={({ target }) => change({ blind: target.checked })} />{' '}
            blind
          </label>
        </>
      }
      note={<FilterChips applied={applied.filter(({ name }) => !isInMenu(name, values))} change={change} />}
      whenDone={
        <Done
          filtered={applied.length > 0}
          onAll={() => change(Object.assign({}, ...applied.map(({ without }) => without)) as Partial<ListFilters>)}
        />
      }
    />
  );
}

function SecondLooks({
  share,
  onChange,
}: {
  readonly share: Overlap;
  readonly onChange: (share: Overlap) => void;
}): React.JSX.Element {
  return (
    <label>
      second looks{' '}
      <select
        value={share}
        title="Of your looks, so many are at images that somebody else looked at, unmarked: they say how far people agree."
        onChange={({ target }) => onChange(OVERLAPS.find((one) => one === target.value) ?? '0')}
      >
        {OVERLAPS.map((one) => (
          <option key={one} value={one}>
            {one === '0' ? 'none' : `${one} %`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Filters of one value each, which the menus say. */
const isInMenu = (name: string, { kind, given }: ListFilters): boolean =>
  (name === 'kind' && kind.length === 1) || (name === 'given' && given.length === 1);

const listOf = (value: string): readonly string[] => (value === '' ? [] : [value]);

function Done({ filtered, onAll }: { readonly filtered: boolean; readonly onAll: () => void }): React.JSX.Element {
  const { search } = useAddress();
  return (
    <EmptyState title="Nothing is left to look at here" isPart>
      <p>Every image of this order is decided, left out, skipped just now, or in the hands of somebody else.</p>
      {filtered ? (
        <button type="button" onClick={onAll}>
          All images
        </button>
      ) : null}
      <p>
        <Link to="/review" search={frameSearch(search) as never}>
          Other orders
        </Link>
      </p>
    </EmptyState>
  );
}

function Ways(): React.JSX.Element {
  const { search } = useAddress();
  const frame = frameSearch(search) as never;
  const orders = useReviewOrders();
  return (
    <PageBody
      title="Review"
      name="Review"
      lead="Single looks mend little of a large data set. Measure first, decide alike ones at once, and look one by one where it is worth it."
    >
      <PageSection title="First, and many at once">
        <ul className={styles.ways}>
          <li>
            <Link to="/measure" search={frame}>
              <b>Measure</b>
              <span>Ten to twenty minutes of blind looks say how right the split is, with an interval.</span>
            </Link>
          </li>
          <li>
            <Link to="/sheets" search={frame}>
              <b>Sheets</b>
              <span>Sixty images of which the split says the same: mark the exceptions, store the rest at once.</span>
            </Link>
          </li>
        </ul>
      </PageSection>
      <PageSection title="One by one">
        <ul className={styles.ways}>
          {orders.map((order) => (
            <li key={order}>
              <Link to={`/review/${order}`} search={frame}>
                <b>{REVIEW_ORDER_WORDS[order].title}</b>
                <span>{REVIEW_ORDER_WORDS[order].says}</span>
              </Link>
            </li>
          ))}
        </ul>
      </PageSection>
    </PageBody>
  );
}
