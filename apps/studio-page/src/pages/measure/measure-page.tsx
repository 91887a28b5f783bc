import type { MeasuredKind, StudioMeasure } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { flagParameter } from '../../address/codec';
import { Link } from '@tanstack/react-router';
import { frameSearch, useAddress, useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { PageBody, PageSection, usePageTitle } from '../../parts/page-body';
import { agreementWords, countOf, formatCount } from '../../parts/numbers';
import { Waiting } from '../../parts/waiting';
import { read, WHILE_PASSING } from '../../server/client';
import { useProject, useShown } from '../../server/project';
import { ReviewStage } from '../review/review-stage';
import { CopyCard } from './copy-card';
import { Interval } from './interval';
import styles from './measure.module.css';
import { PlanForm } from './plan-form';
import { Reliability } from './reliability';

const ADDRESS = { look: flagParameter() };
const MEASURE = { kind: 'measure' } as const;

/** How right a split is: a random sample, looked at blind, before anything is corrected. */
export default function MeasurePage(): React.JSX.Element {
  const { file } = useProject();
  const { build, split } = useShown();
  const { search } = useAddress();
  const frame = frameSearch(search);
  const { values, change } = useAddressValues(ADDRESS);
  usePageTitle('Measure');
  const { data, error, failureReason } = useQuery({
    ...WHILE_PASSING,
    queryKey: ['decisions', 'measure', frame],
    queryFn: ({ signal }) => read('/api/measure', { search: frame, signal }),
    enabled: split !== null,
  });
  if (build === null || split === null) {
    return (
      <EmptyState title={build === null ? 'No data set yet' : 'No split yet'}>
        <p>What is measured is how often a split is right about clean, closed and open.</p>
        <CommandLine command={`winnow ${build === null ? 'build' : 'split'} ${file}`} />
      </EmptyState>
    );
  }
  if (values.look) {
    return (
      <ReviewStage
        title="Measure"
        source={MEASURE}
        aside={
          <button type="button" onClick={() => change({ look: false })}>
            Figures
          </button>
        }
        whenDone={
          <EmptyState title="The plan is done" isPart>
            <p>Every image that it drew was looked at: the intervals hold.</p>
            <button type="button" onClick={() => change({ look: false })}>
              See the figures
            </button>
          </EmptyState>
        }
      />
    );
  }
  if (error !== null) {
    return (
      <EmptyState title="The measure cannot be shown now" isAlarm>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  if (data === undefined) return <Waiting reason={failureReason} isPage />;
  return <Measured measure={data} onLook={() => change({ look: true })} />;
}

function Measured({
  measure,
  onLook,
}: {
  readonly measure: StudioMeasure;
  readonly onLook: () => void;
}): React.JSX.Element {
  const { plan, kinds, overall, refined, reliability, consistency, agreement } = measure;
  const { split } = useShown();
  const { search } = useAddress();
  const looked = kinds.reduce((sum, kind) => sum + kind.looked, 0);
  const planned = kinds.reduce((sum, kind) => sum + kind.planned, 0);
  const isComplete = plan !== null && kinds.every((kind) => kind.isComplete);
  return (
    <PageBody
      title="Measure"
      name="Measure"
      lead={
        plan === null
          ? 'Not measured yet'
          : `${split?.method ?? ''}: ${formatCount(looked)} of ${formatCount(planned)} looks${isComplete ? '; the plan is done' : ''}`
      }
      actions={
        plan === null ? null : (
          <>
            <CopyCard measure={measure} />
            {isComplete ? null : (
              <button type="button" className={styles.main} onClick={onLook}>
                {looked === 0 ? 'Begin' : 'Go on'}
              </button>
            )}
          </>
        )
      }
    >
      {plan === null ? (
        <p className={styles.lead}>
          A plan draws images of each kind at random. You say which class each shows, without being told what the split
          says. What comes of it is the share of images that the split is right about, with an interval: a figure for
          the report and the cards. Corrections made &ldquo;most doubtful first&rdquo; can never give it, so{' '}
          <b>measure before you correct</b>.
        </p>
      ) : (
        <>
          <PageSection title="How often it is right">
            <KindTable kinds={kinds} overall={overall} refined={refined} isComplete={isComplete} />
            <p className={styles.note}>
              95 % intervals by Wilson.{' '}
              {isComplete
                ? 'The plan is done, so they hold.'
                : 'Dashed until the plan is done: whoever stops when it looks good gets a wrong one.'}{' '}
              <Link to="/pictures" search={{ ...frameSearch(search), sort: 'doubt', descending: '1' } as never}>
                Images by doubt
              </Link>
            </p>
          </PageSection>
          {reliability.some(({ looked: count }) => count > 0) ? (
            <PageSection title="Are its probabilities true?">
              <Reliability bins={reliability} />
            </PageSection>
          ) : null}
          <Agreement consistency={consistency} agreement={agreement} />
        </>
      )}
      <PageSection title={plan === null ? 'A plan' : 'More looks'}>
        <PlanForm measure={measure} onMade={onLook} />
      </PageSection>
    </PageBody>
  );
}

function Agreement({
  consistency,
  agreement,
}: Pick<StudioMeasure, 'consistency' | 'agreement'>): React.JSX.Element | null {
  const lines = [
    ...(consistency.of === 0
      ? []
      : [
          `Own consistency: ${consistency.same} of ${countOf(consistency.of, 'image')} that came twice were told the same.`,
        ]),
    ...(agreement.of === 0 ? [] : [agreementWords(agreement)]),
  ];
  return lines.length === 0 ? null : <p className={styles.note}>{lines.join(' ')}</p>;
}

function KindTable({
  kinds,
  overall,
  refined,
  isComplete,
}: Pick<StudioMeasure, 'overall' | 'refined'> & {
  readonly kinds: readonly MeasuredKind[];
  readonly isComplete: boolean;
}): React.JSX.Element {
  return (
    <ul className={styles.kinds}>
      {kinds.map((one) => (
        <li key={one.kind}>
          <Interval title={one.kind} kind={one.kind} share={one.precision} isComplete={one.isComplete} />
          <p className={styles.looks}>
            {one.planned === 0 && one.looked === 0
              ? 'not in the plan'
              : `${formatCount(one.right)} of ${countOf(one.looked, 'look')} right${
                  one.isComplete ? ', done' : `, ${countOf(one.planned - one.looked, 'look')} to come`
                }`}
            {one.unsure > 0 ? ` · ${formatCount(one.unsure)} nobody could say` : ''}
            {one.forgotten > 0 ? ` · ${formatCount(one.forgotten)} forgotten` : ''}
            {one.missing > 0 ? ` · ${formatCount(one.missing)} more for the interval that is wanted` : ''}
            {one.recall === null
              ? ''
              : ` · recall ${percent(one.recall.share)} (${percent(one.recall.low)}–${percent(one.recall.high)})`}
          </p>
        </li>
      ))}
      {refined === null ? null : (
        <li>
          <Interval title="closed: refined class" kind={null} share={refined} isComplete={isComplete} />
        </li>
      )}
      {overall === null ? null : (
        <li>
          <Interval title="all, by their share" kind={null} share={overall} isComplete={isComplete} />
        </li>
      )}
    </ul>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
