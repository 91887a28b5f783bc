import type { StudioProject } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { KindSign } from '../../parts/kind-sign';
import { countOf, formatCount, formatPercent } from '../../parts/numbers';
import { useShown, useWholeProject } from '../../server/project';
import styles from './start-page.module.css';

const KINDS = ['clean', 'closed', 'open'] as const;
const KIND_WORDS = { clean: 'label is right', closed: 'label of another class', open: 'none of the classes' } as const;

/** What is there, each figure a way to its list, and the one thing that makes sense next. */
export default function StartPage(): React.JSX.Element {
  const project = useWholeProject();
  useEffect(() => {
    document.title = `${project.name} · winnow studio`;
  }, [project.name]);
  return (
    <div className={styles.page}>
      <header>
        <h1>
          <bdi>{project.name}</bdi>
        </h1>
        <ul className={styles.classes} aria-label="Classes">
          {project.classes.slice(0, SHOWN_CLASSES).map((name) => (
            <li key={name}>
              <bdi>{name}</bdi>
            </li>
          ))}
          {project.classes.length > SHOWN_CLASSES ? (
            <li className="soft">{formatCount(project.classes.length - SHOWN_CLASSES)} more</li>
          ) : null}
        </ul>
      </header>
      <DoNext project={project} />
      <Figures project={project} />
      <SplitKinds />
    </div>
  );
}

const SHOWN_CLASSES = 24;

/** Where the steps are done that have a page. */
const PAGE_OF_STEP: Readonly<Record<string, string>> = {
  Crawl: '/crawl',
  Measure: '/measure',
  Train: '/runs',
  'Hand over': '/handover',
};

function DoNext({ project: { next } }: { readonly project: StudioProject }): React.JSX.Element {
  const { search } = useAddress();
  const page = PAGE_OF_STEP[next.title];
  return (
    <section className={styles.next} aria-labelledby="next">
      <p className={styles.kicker}>Do next</p>
      <h2 id="next">
        {page === undefined ? (
          next.title
        ) : (
          <Link to={page} search={frameSearch(search) as never}>
            {next.title}
          </Link>
        )}
      </h2>
      <p>{next.reason}</p>
      <CommandLine command={next.command} />
    </section>
  );
}

interface Figure {
  readonly value: string;
  readonly words: string;
  /** Its list; left out where there is no page for it. */
  readonly to?: string;
  readonly search?: Readonly<Record<string, string>>;
}

function figuresOf({ funnel, decisionCount, runCount, bestAccuracy }: StudioProject): readonly Figure[] {
  const of = (count: number, one: string, many?: string): Pick<Figure, 'value' | 'words'> => ({
    value: formatCount(count),
    words: countOf(count, one, many).slice(formatCount(count).length + 1),
  });
  return [
    ...(funnel === null
      ? []
      : [
          { ...of(funnel.hits, 'search hit'), to: '/crawl' },
          { ...of(funnel.stored, 'file fetched', 'files fetched'), to: '/crawl' },
          { ...of(funnel.samples, 'image in the data set', 'images in the data set'), to: '/pictures' },
        ]),
    { ...of(decisionCount, 'decision'), to: '/pictures', search: { decided: 'decided' } },
    { ...of(runCount, 'student'), to: '/runs' },
    ...(bestAccuracy === null
      ? []
      : [{ value: formatPercent(bestAccuracy), words: 'accuracy of the best student', to: '/runs' }]),
  ];
}

/** Figures of what there is none of would only be noise. */
function Figures({ project }: { readonly project: StudioProject }): React.JSX.Element | null {
  const { search } = useAddress();
  const figures = figuresOf(project).filter(({ value }) => value !== '0');
  if (figures.length === 0) return null;
  return (
    <section aria-label="What is there">
      <dl className={styles.figures}>
        {figures.map(({ value, words, to, search: more }) => (
          <div key={words}>
            <dt>{words}</dt>
            <dd>
              {to !== undefined ? (
                <Link to={to} search={{ ...frameSearch(search), ...more } as never}>
                  {value}
                  <span className="unseen"> {words}</span>
                </Link>
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Shares of the three kinds as one bar, each part the list of its images. */
function SplitKinds(): React.JSX.Element | null {
  const { build, split } = useShown();
  const { search } = useAddress();
  if (build === null || split === null) return null;
  const total = KINDS.reduce((sum, kind) => sum + split.counts[kind], 0);
  return (
    <section className={styles.kinds} aria-labelledby="kinds">
      <h2 id="kinds">What the split says</h2>
      <div className={styles.bar} aria-hidden="true">
        {KINDS.map((kind) => (
          <span key={kind} data-kind={kind} style={{ flexGrow: split.counts[kind] }} />
        ))}
      </div>
      <ul>
        {KINDS.map((kind) => (
          <li key={kind}>
            <Link to="/pictures" search={{ ...frameSearch(search), kind, sort: 'doubt', descending: '1' } as never}>
              <KindSign kind={kind} />
              {kind} <b>{formatCount(split.counts[kind])}</b>
            </Link>
            <span className="soft">
              {formatPercent(total === 0 ? 0 : split.counts[kind] / total, 0)} · {KIND_WORDS[kind]}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
