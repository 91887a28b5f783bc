import type { StudioCrawl } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { textParameter } from '../../address/codec';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { formatClock, formatLeft } from '../../parts/durations';
import { EmptyState } from '../../parts/empty-state';
import { formatCount } from '../../parts/numbers';
import { PageBody, PageSection } from '../../parts/page-body';
import { ScrollTable } from '../../parts/scroll-table';
import { Waiting } from '../../parts/waiting';
import { read, WHILE_PASSING } from '../../server/client';
import { useProject } from '../../server/project';
import { StepButton } from '../../steps/step-button';
import { StepList } from '../../steps/step-list';
import { useSteps } from '../../steps/use-steps';
import styles from './crawl-page.module.css';
import { EngineTable } from './engine-table';
import { FetchList } from './fetch-list';
import { LatestImages } from './latest-images';
import { OutcomeMinutes } from './outcome-minutes';
import { OutcomeTable, WAITING } from './outcome-table';

/** Of the list that is open. */
const ADDRESS = { outcome: textParameter() };
const LIVE_MILLIS = 2000;
const IDLE_MILLIS = 10_000;
const SPEAKS = {
  'not begun': 'not begun',
  'going on': 'going on',
  stopped: 'stopped before its end',
  ended: 'at its end',
};

function useCrawl() {
  return useQuery({
    ...WHILE_PASSING,
    queryKey: ['crawl'],
    queryFn: ({ signal }) => read('/api/crawl', { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.isRunning ? LIVE_MILLIS : IDLE_MILLIS),
  });
}

/** The crawl while it goes on: does it, how long, what is refused, are the images any good. */
export default function CrawlPage(): React.JSX.Element {
  const { file, funnel } = useProject();
  const { data: crawl, error, failureReason } = useCrawl();
  const { values, change } = useAddressValues(ADDRESS);
  if (error !== null && crawl === undefined) {
    return (
      <EmptyState title="The crawl cannot be shown now" isAlarm>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  if (crawl === undefined) return <Waiting reason={failureReason} isPage />;
  if (crawl.state === 'not begun') {
    return (
      <EmptyState title={funnel === null ? 'Nothing was crawled yet' : 'These images were imported, not crawled'}>
        <p>A crawl searches the web for the classes of the project file and stores what can be used.</p>
        <CommandLine command={`winnow crawl ${file}`} />
        <StepButton
          step={{ step: 'crawl' }}
          says="Searches the web for the classes, politely, and downloads what is found."
        >
          Crawl …
        </StepButton>
        <StepList of={['crawl']} />
      </EmptyState>
    );
  }
  return (
    <PageBody
      title="Crawl"
      name={`Crawl ${SPEAKS[crawl.state]}`}
      lead={<StateLine crawl={crawl} />}
      actions={<Acts crawl={crawl} />}
    >
      {crawl.isDatabaseAway ? (
        <p role="status">The database is away: this is as it was when it last answered, and goes on by itself.</p>
      ) : null}
      <StepList of={['crawl', 'engines check', 'forget']} />
      <div className={styles.columns}>
        <PageSection title="Classes">
          <Classes crawl={crawl} />
        </PageSection>
        <PageSection title="Engines">
          <EngineTable engines={crawl.engines} />
        </PageSection>
      </div>
      <PageSection title="Newest images">
        <LatestImages latest={crawl.latest} isRunning={crawl.isRunning} />
      </PageSection>
      <div className={styles.columns}>
        <PageSection title="What became of the addresses">
          <OutcomeTable crawl={crawl} onOpen={(outcome) => change({ outcome })} />
        </PageSection>
        <div className={styles.stack}>
          <PageSection title="The last hour">
            <OutcomeMinutes minutes={crawl.minutes} />
          </PageSection>
          {crawl.hosts.length === 0 ? null : (
            <PageSection title="Hosts that wait longest">
              <Hosts hosts={crawl.hosts} />
            </PageSection>
          )}
        </div>
      </div>
      {values.outcome === '' ? null : (
        <FetchList
          key={values.outcome}
          title={outcomeTitle(crawl, values.outcome)}
          outcome={values.outcome}
          onClose={() => change({ outcome: '' })}
        />
      )}
    </PageBody>
  );
}

function outcomeTitle({ outcomes }: StudioCrawl, wanted: string): string {
  return wanted === WAITING ? 'Waiting' : (outcomes.find(({ outcome }) => outcome === wanted)?.label ?? wanted);
}

function StateLine({ crawl }: { readonly crawl: StudioCrawl }): React.JSX.Element {
  const parts = [
    SPEAKS[crawl.state],
    `${formatCount(crawl.classes.reduce((sum, { stored }) => sum + stored, 0))} images stored`,
    ...(crawl.isRunning ? [`${formatCount(crawl.perMinute)} a minute`] : []),
    ...(crawl.secondsLeft === null || crawl.secondsLeft === 0 ? [] : [formatLeft(crawl.secondsLeft)]),
    ...(crawl.pending === 0 ? [] : [`${formatCount(crawl.pending)} addresses wait`]),
  ];
  return (
    <span className={styles.state} data-running={crawl.isRunning || undefined}>
      {parts.join(' · ')}
    </span>
  );
}

function Acts({ crawl }: { readonly crawl: StudioCrawl }): React.JSX.Element {
  const own = useSteps()?.steps.some(({ step, state }) => step === 'crawl' && state !== 'ended') ?? false;
  if (own) return <></>;
  if (crawl.isRunning) return <span className="soft">Ctrl-C in its terminal stops it at a safe point</span>;
  return (
    <>
      <StepButton step={{ step: 'crawl' }} says="Goes on where the crawl stopped; what is stored is not fetched again.">
        {crawl.state === 'stopped' ? 'Go on …' : 'Crawl again …'}
      </StepButton>
      <StepButton
        step={{ step: 'crawl', options: { extend: 20 } }}
        says="Looks for twenty more images of each class than it has now."
      >
        20 more a class …
      </StepButton>
    </>
  );
}

function Classes({ crawl }: { readonly crawl: StudioCrawl }): React.JSX.Element {
  const { search } = useAddress();
  return (
    <ScrollTable caption="Classes: stored images and how many are wanted">
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" className={styles.bar} aria-hidden="true" />
          <th scope="col" data-number>
            Stored
          </th>
          <th scope="col" data-number>
            Wanted
          </th>
          <th scope="col" data-number>
            Waiting
          </th>
        </tr>
      </thead>
      <tbody>
        {crawl.classes.map(({ name, stored, target, pending }) => (
          <tr key={name}>
            <th scope="row">
              <Link to="/pictures" search={{ ...frameSearch(search), given: name.replace(/[\\,]/g, '\\$&') } as never}>
                <bdi>{name}</bdi>
              </Link>
            </th>
            <td className={styles.bar} aria-hidden="true">
              <span className={styles.track}>
                <span style={{ inlineSize: `${Math.min(100, (100 * stored) / Math.max(1, target))}%` }} />
              </span>
            </td>
            <td data-number>{formatCount(stored)}</td>
            <td data-number>{formatCount(target)}</td>
            <td data-number>{pending === 0 ? '–' : formatCount(pending)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function Hosts({ hosts }: { readonly hosts: StudioCrawl['hosts'] }): React.JSX.Element {
  return (
    <ScrollTable caption="Hosts with most addresses waiting">
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col" data-number>
            Waiting
          </th>
          <th scope="col">Left alone until</th>
        </tr>
      </thead>
      <tbody>
        {hosts.map(({ host, waiting, until }) => (
          <tr key={host}>
            <th scope="row">
              <bdi>{host}</bdi>
            </th>
            <td data-number>{formatCount(waiting)}</td>
            <td>{until === null ? '–' : formatClock(until)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
