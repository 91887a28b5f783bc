import type { DuplicateKind, NextBuild, StudioDuplicates } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Range } from '../../address/codec';
import { writeValues } from '../../address/codec';
import type { AddressValues } from '../../address/use-address';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { countOf, formatCount } from '../../parts/numbers';
import { PageBody } from '../../parts/page-body';
import { Waiting } from '../../parts/waiting';
import { useProject, useShown } from '../../server/project';
import { StepButton } from '../../steps/step-button';
import { DUPLICATES_ADDRESS, KINDS, useDuplicates, VIEWS } from './duplicates-query';
import type { DuplicatesAddress, PairView } from './duplicates-query';
import { PairList } from './pair-list';
import styles from './duplicates.module.css';

const KIND_WORDS: Readonly<Record<DuplicateKind, { readonly title: string; readonly says: string }>> = {
  near: {
    title: 'Near',
    says: 'The same image in another size, format or quality, as hashes tell; what is at its limit first.',
  },
  similar: {
    title: 'Similar',
    says: 'Cut, padded or turned, as the features of a network tell, or copies by a person’s word.',
  },
  conflicts: { title: 'Conflicts', says: 'Found under several classes; the closest votes first.' },
  leaks: {
    title: 'Leaks',
    says: 'Copies of test images, which are left out; one that is none is taken in by the next build.',
  },
};
const VIEW_WORDS: Readonly<Record<PairView, string>> = {
  side: 'side by side',
  overlay: 'overlay',
  difference: 'difference',
};

type Change = AddressValues<typeof DUPLICATES_ADDRESS>['change'];

/** What a data set made of copies, to be checked pair by pair; what is said is followed by the next build. */
export default function DuplicatesPage(): React.JSX.Element {
  const { file } = useProject();
  const { build } = useShown();
  const { values, change } = useAddressValues(DUPLICATES_ADDRESS);
  const { data, error, failureReason } = useDuplicates(values, build?.id ?? null);
  if (build === null) {
    return (
      <EmptyState title="No data set yet">
        <p>A build finds copies of images and keeps the best of each.</p>
        <CommandLine command={`winnow build ${file}`} />
      </EmptyState>
    );
  }
  if (error !== null) {
    return (
      <EmptyState title="The copies cannot be shown now" isAlarm>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  if (data === undefined) return <Waiting reason={failureReason} isPage />;
  const { answer } = data;
  return (
    <PageBody title="Duplicates" name="Duplicates" lead={leadOf(answer)} actions={<Next next={answer.next} />}>
      <Tabs answer={answer} values={values} />
      <Filters values={values} change={change} />
      {answer.isDatabaseAway ? (
        <p role="status">The database is away: classes and licences of images are shown when it is there again.</p>
      ) : null}
      {answer.total === 0 ? (
        <Nothing answer={answer} values={values} change={change} />
      ) : (
        <PairList
          key={answer.kind}
          asked={data}
          view={values.view}
          isUndecidedOnly={values.undecided}
          onPage={(from) => change({ from })}
        />
      )}
    </PageBody>
  );
}

function leadOf({ counts: { near, similar }, same }: StudioDuplicates): string {
  const pairs = near.pairs + similar.pairs;
  return `${countOf(pairs, 'copy', 'copies')} to look at · ${formatCount(same)} more with the same bytes or pixels`;
}

/** What the next build follows, and the command that makes it. */
function Next({ next: { pairs, kept, leftOut, takenBack, command } }: { readonly next: NextBuild }): React.JSX.Element {
  if (pairs + kept + leftOut + takenBack === 0) return <p className="soft">No decisions for the next build yet.</p>;
  return (
    <div className={styles.next}>
      <p role="status">
        Decisions for the next build: <b>{countOf(pairs, 'pair')}</b>, <b>{formatCount(kept)}</b> kept,{' '}
        <b>{formatCount(leftOut)}</b> left out
        {takenBack > 0 && (
          <>
            , <b>{formatCount(takenBack)}</b> taken back
          </>
        )}
      </p>
      <CommandLine command={command} />
      <StepButton step={{ step: 'build' }} says="Makes a data set that follows these decisions; the one shown stays.">
        Build …
      </StepButton>
    </div>
  );
}

function Tabs({
  answer: { counts },
  values,
}: {
  readonly answer: StudioDuplicates;
  readonly values: DuplicatesAddress;
}): React.JSX.Element {
  const { search } = useAddress();
  return (
    <nav className={styles.tabs} aria-label="Kinds of pairs">
      {KINDS.map((kind) => (
        <Link
          key={kind}
          to="/duplicates"
          search={
            {
              ...frameSearch(search),
              ...writeValues(DUPLICATES_ADDRESS, { ...values, kind, from: 0, distance: null }),
            } as never
          }
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={kind === values.kind ? 'page' : undefined}
        >
          {KIND_WORDS[kind].title}{' '}
          <span className="soft">{formatCount(kind === 'conflicts' ? counts[kind].clusters : counts[kind].pairs)}</span>
        </Link>
      ))}
    </nav>
  );
}

interface FiltersProps {
  readonly values: DuplicatesAddress;
  readonly change: Change;
}

function Filters({ values, change }: FiltersProps): React.JSX.Element {
  const { kind, distance, undecided, view } = values;
  return (
    <div className={styles.filters}>
      <p className={styles.hint}>{KIND_WORDS[kind].says}</p>
      <DistanceFields
        key={kind}
        distance={distance}
        isCosine={kind === 'similar'}
        onChange={(changed) => change({ distance: changed, from: 0 }, { isTyping: true })}
      />
      <label>
        <input
          type="checkbox"
          checked={undecided}
          onChange={({ target }) => change({ undecided: target.checked, from: 0 })}
        />{' '}
        not decided only
      </label>
      <label>
        show{' '}
        <select value={view} onChange={({ target }) => change({ view: target.value as PairView })}>
          {VIEWS.map((one) => (
            <option key={one} value={one}>
              {VIEW_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

const TYPING_MILLIS = 350;

interface DistanceFieldsProps {
  readonly distance: Range | null;
  readonly isCosine: boolean;
  readonly onChange: (distance: Range | null) => void;
}

/** Both ends of a distance; typing waits for a pause. */
function DistanceFields({ distance, isCosine, onChange }: DistanceFieldsProps): React.JSX.Element {
  const textOf = (value: number | null | undefined): string =>
    value === null || value === undefined ? '' : `${value}`;
  const [typed, setTyped] = useState({ from: textOf(distance?.from), to: textOf(distance?.to) });
  useEffect(() => {
    const number = (text: string): number | null => (text.trim() === '' ? null : Number(text));
    const [from, to] = [number(typed.from), number(typed.to)];
    const isValid = [from, to].every((value) => value === null || (Number.isFinite(value) && value >= 0));
    if (!isValid || (from === (distance?.from ?? null) && to === (distance?.to ?? null))) return undefined;
    const timer = setTimeout(() => onChange(from === null && to === null ? null : { from, to }), TYPING_MILLIS);
    return () => clearTimeout(timer);
  }, [typed, distance, onChange]);
  const step = isCosine ? 0.01 : 1;
  const field = (name: 'from' | 'to', label: string): React.JSX.Element => (
    <input
      type="number"
      min={0}
      step={step}
      aria-label={label}
      value={typed[name]}
      onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
    />
  );
  return (
    <span className={styles.range}>
      {isCosine ? 'cosine' : 'bits'} {field('from', 'from')} to {field('to', 'to')}
    </span>
  );
}

function Nothing({ answer, values, change }: FiltersProps & { readonly answer: StudioDuplicates }): React.JSX.Element {
  const { kind, counts } = answer;
  const isFiltered = values.distance !== null || values.undecided;
  if (counts[kind].clusters === 0) {
    return (
      <EmptyState title={`No ${KIND_WORDS[kind].title.toLowerCase()} in this data set`} isPart>
        {kind === 'similar' ? (
          <p>
            Features are compared where <code>build.dedupe.similarity</code> is set, after <code>winnow embed</code>.
          </p>
        ) : kind === 'leaks' ? (
          <p>
            Images are compared with test images where <code>evaluate.test</code> or <code>build.holdout</code> names
            some.
          </p>
        ) : (
          <p>Nothing is to be checked here.</p>
        )}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={values.undecided ? 'All is decided' : 'Nothing at this distance'} isPart>
      {isFiltered ? (
        <button type="button" onClick={() => change({ distance: null, undecided: false, from: 0 })}>
          Show all
        </button>
      ) : (
        <button type="button" onClick={() => change({ from: 0 })}>
          To the first page
        </button>
      )}
    </EmptyState>
  );
}
