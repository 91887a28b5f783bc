import type { BuildRehearsal, StartStep, StudioHandover } from '@winnow/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { countOf, formatCount, formatPercent } from '../../parts/numbers';
import { PageBody, PageSection, usePageTitle } from '../../parts/page-body';
import { Waiting } from '../../parts/waiting';
import { read, WHILE_PASSING, write } from '../../server/client';
import { useProject } from '../../server/project';
import { commandOf } from '../../steps/command-of';
import { StepButton } from '../../steps/step-button';
import { StepList } from '../../steps/step-list';
import { BundleForm } from './bundle-form';
import { HANDOVER } from './handover-address';
import type { HandoverValues } from './handover-address';
import { HandoverForm, licenseWord } from './handover-form';
import styles from './handover.module.css';
import { labelRemarks } from './label-remarks';
import { YamlLines } from './yaml-lines';

/** A cleaned data set, a student with all that belongs to it, and the report: forms that are commands. */
export default function HandoverPage(): React.JSX.Element {
  usePageTitle('Hand over');
  const { file, builds, splits } = useProject();
  const { values, change } = useAddressValues(HANDOVER);
  const { kinds, labels, least, decided, licenses, holdout } = values;
  const search = {
    ...{ kinds: kinds.join(), labels, least, licenses: licenses.join() },
    ...{ decided: decided ? '1' : '0', holdout: holdout.trim() },
  };
  const { data, error, failureReason, isPlaceholderData } = useQuery({
    ...WHILE_PASSING,
    queryKey: ['decisions', 'handover', search],
    queryFn: ({ signal }) => read('/api/handover', { search, signal }),
    placeholderData: keepPreviousData,
    enabled: splits.length > 0,
  });
  if (splits.length === 0) {
    return (
      <EmptyState title={builds.length === 0 ? 'No data set yet' : 'No split yet'}>
        <p>
          A cleaned data set keeps the images that a split calls right, with the labels that people and the split give
          them.
        </p>
        <CommandLine command={`winnow ${builds.length === 0 ? 'build' : 'split'} ${file}`} />
      </EmptyState>
    );
  }
  return (
    <PageBody
      title="Hand over"
      name="Hand over"
      lead="What leaves winnow: a cleaned data set, a student with its cards, the report. This page writes nothing into the project file."
    >
      <StepList of={['build', 'bundle', 'export', 'report']} />
      <PageSection title="A cleaned data set">
        <div className={styles.split}>
          <HandoverForm values={values} change={change} licenses={data?.licenses ?? []} />
          {error !== null ? (
            <EmptyState title="This cannot be counted" isPart isAlarm>
              <p>{error.message}</p>
            </EmptyState>
          ) : data === undefined ? (
            <Waiting says="Counting …" reason={failureReason} />
          ) : data.base === null ? (
            <EmptyState title="Nothing to clean" isPart>
              <p>
                All data sets that are there are cleaned ones. Build one without `where` and `labels`, then split it.
              </p>
              <CommandLine command={`winnow build ${file}`} />
            </EmptyState>
          ) : (
            <Outcome found={data} base={data.base} values={values} isOfBefore={isPlaceholderData} />
          )}
        </div>
      </PageSection>
      <PageSection title="A student, with all that belongs to it">
        <BundleForm />
      </PageSection>
      <PageSection title="The report">
        <p>The whole project on one page that needs neither winnow nor a network, with what people measured.</p>
        <div>
          <StepButton step={{ step: 'report' }} says="Writes report.html into the project's folder .winnow.">
            Report …
          </StepButton>
        </div>
      </PageSection>
    </PageBody>
  );
}

function buildStep({ where }: StudioHandover, { labels, size, holdout }: HandoverValues): StartStep {
  return {
    step: 'build',
    options: {
      ...{ where, labels },
      ...(size === null ? {} : { size }),
      ...(holdout.trim() === '' ? {} : { holdout: holdout.trim() }),
    },
  };
}

function Outcome({
  found,
  base,
  values,
  isOfBefore,
}: {
  readonly found: StudioHandover;
  /** Found for values of before. */
  readonly isOfBefore: boolean;
  readonly base: NonNullable<StudioHandover['base']>;
  readonly values: HandoverValues;
}): React.JSX.Element {
  const { file } = useProject();
  const { decidedOut, remarks, inexact } = found;
  const { kinds, least, licenses, decided, labels } = values;
  const step = buildStep(found, values);
  const { plan, failed } = usePlan(step.options, inexact.length > 0 && !isOfBefore);
  const { count, relabelled, byClass } = plan === undefined ? found : plannedCounts(found, plan);
  const about = inexact.length > 0 && plan === undefined ? 'about ' : '';
  const images = {
    ...{ b: base.buildId.slice(0, 8), s: base.splitId.slice(0, 8), kind: kinds.join() },
    ...(least > 0 && { doubt: `-${Number((1 - least).toFixed(4))}`.replace('-0.', '-.') }),
    ...(licenses.length > 0 && { license: licenses.join() }),
    ...(decided && { decided: 'decided' }),
  };
  return (
    <div className={styles.outcome}>
      <p className={styles.count} role="status">
        {about}
        <b>{formatCount(count)}</b> of {countOf(base.samples, 'image')}
        <span className="soft"> · {formatPercent(base.samples === 0 ? 0 : count / base.samples)}</span>
      </p>
      <p className={styles.note}>
        Of data set {base.buildId.slice(0, 6)}, by its split {base.method} {base.splitId.slice(0, 6)} ·{' '}
        {labels === 'given'
          ? 'All keep the label under which they were collected'
          : `${countOf(relabelled, 'label')} changed`}
        {decidedOut === 0 ? '' : ` · ${formatCount(decidedOut)} left out as people decided`} ·{' '}
        <Link to="/pictures" search={images as never}>
          see them
        </Link>
      </p>
      <ClassTable byClass={byClass} />
      {plan === undefined ? null : <p className={styles.note}>Licences: {licenseWords(plan)}</p>}
      {[
        ...labelRemarks(values),
        ...remarks,
        ...(about === '' ? [] : [...inexact, failed ?? 'Planning the build, for the very counts …']),
      ].map((remark) => (
        <p key={remark} className={styles.remark}>
          {remark}
        </p>
      ))}
      <CommandLine command={commandOf(step, file)} />
      <div>
        <StepButton
          step={step}
          says={`Makes a data set of ${about}${countOf(count, 'image')} beside the others; it becomes the current one.`}
        >
          Make …
        </StepButton>
      </div>
      <YamlLines options={step.options} holdout={found.holdout} />
    </div>
  );
}

/** What the build itself would come to. @param isWanted the counts at hand may not be those of it */
function usePlan(options: StartStep['options'], isWanted: boolean) {
  const { data, error } = useQuery({
    queryKey: ['decisions', 'handover-plan', options],
    queryFn: ({ signal }) => write('/api/handover/plan', options ?? {}, signal),
    enabled: isWanted,
    retry: false,
  });
  return { plan: isWanted ? data : undefined, failed: error?.message };
}

function plannedCounts({ byClass }: StudioHandover, { counts, relabelled }: BuildRehearsal) {
  const { samples, perClass } = counts;
  return { count: samples, relabelled, byClass: byClass.map(({ name }) => ({ name, count: perClass[name] ?? 0 })) };
}

function licenseWords({ licenses }: BuildRehearsal): string {
  return Object.entries(licenses)
    .map(([name, count]) => `${licenseWord(name)} ${formatCount(count)}`)
    .join(' · ');
}

function ClassTable({ byClass }: Pick<StudioHandover, 'byClass'>): React.JSX.Element {
  const most = Math.max(1, ...byClass.map((one) => one.count));
  return (
    <table className={styles.classes}>
      <caption className="unseen">Images of each class</caption>
      <tbody>
        {byClass.map(({ name, count: of }) => (
          <tr key={name}>
            <th scope="row">
              <bdi>{name}</bdi>
            </th>
            <td>
              <svg width="100%" height="8" aria-hidden="true">
                <rect width={`${(100 * of) / most}%`} height="8" rx="2" fill="var(--accent)" />
              </svg>
            </td>
            <td data-number>{formatCount(of)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
