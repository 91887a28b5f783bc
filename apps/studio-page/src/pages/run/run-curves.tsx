import type { StudioRunDetail } from '@winnow/contracts';
import { lazy, Suspense, useMemo } from 'react';
import { choiceParameter, flagParameter } from '../../address/codec';
import type { AddressValues } from '../../address/use-address';
import type { Curve } from '../../charts/curve-chart';
import { formatCount } from '../../parts/numbers';
import { PageSection } from '../../parts/page-body';
import { ScrollTable } from '../../parts/scroll-table';
import styles from './run-page.module.css';

const CurveChart = lazy(async () => ({ default: (await import('../../charts/curve-chart')).CurveChart }));

const X_WORDS = { epoch: 'epoch', images: 'images seen', time: 'minutes' } as const;

/** How curves are shown, in the address. */
export const RUN_ADDRESS = {
  x: choiceParameter(['epoch', 'images', 'time'] as const, 'epoch'),
  log: flagParameter(),
  table: flagParameter(),
};

export interface RunCurvesProps {
  readonly run: StudioRunDetail;
  readonly address: AddressValues<typeof RUN_ADDRESS>;
}

/** Loss with its parts, accuracy, learning rate: a point an epoch, as it comes; the same as a table. */
export function RunCurves({ run, address: { values, change } }: RunCurvesProps): React.JSX.Element {
  const { curves } = run;
  const names = useMemo(() => [...new Set(curves.flatMap((epoch) => Object.keys(epoch.values)))], [curves]);
  const x = useMemo(() => {
    let seconds = 0;
    return curves.map((epoch) => {
      seconds += epoch.seconds;
      return { epoch: epoch.epoch, images: epoch.imagesSeen, time: seconds / 60 }[values.x];
    });
  }, [curves, values.x]);
  const curveOf = (name: string): Curve => ({
    name: name.replace(/^part /, ''),
    values: curves.map((epoch) => epoch.values[name] ?? null),
  });
  const parts = names.filter((name) => name.startsWith('part '));
  const shared = { x, xLabel: X_WORDS[values.x] };
  return (
    <PageSection
      title="Curves"
      aside={
        <span className={styles.controls}>
          <label>
            over{' '}
            <select value={values.x} onChange={({ target }) => change({ x: target.value as typeof values.x })}>
              {Object.entries(X_WORDS).map(([name, words]) => (
                <option key={name} value={name}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <label>
            <input type="checkbox" checked={values.log} onChange={({ target }) => change({ log: target.checked })} />{' '}
            log scale of the loss
          </label>
          <label>
            <input
              type="checkbox"
              checked={values.table}
              onChange={({ target }) => change({ table: target.checked })}
            />{' '}
            as a table
          </label>
        </span>
      }
    >
      {curves.length === 0 ? (
        <p className="soft">The first point comes with the end of the first epoch.</p>
      ) : values.table ? (
        <EpochTable run={run} names={names} />
      ) : (
        <Suspense fallback={<div className={styles.waits} />}>
          <div className={styles.charts}>
            <CurveChart
              title="Loss"
              {...shared}
              isLog={values.log}
              min={0}
              curves={[curveOf('loss'), ...parts.map(curveOf)]}
            />
            {names.includes('accuracy') ? (
              <CurveChart title="Accuracy on the test set" {...shared} isPercent curves={[curveOf('accuracy')]} />
            ) : null}
            <CurveChart title="Learning rate" {...shared} min={0} curves={[curveOf('learning rate')]} />
          </div>
        </Suspense>
      )}
    </PageSection>
  );
}

function EpochTable({
  run: { curves },
  names,
}: {
  readonly run: StudioRunDetail;
  readonly names: readonly string[];
}): React.JSX.Element {
  return (
    <ScrollTable caption="Values of each epoch">
      <thead>
        <tr>
          <th scope="col">Epoch</th>
          {names.map((name) => (
            <th key={name} scope="col" data-number>
              {name.replace(/^part /, '')}
            </th>
          ))}
          <th scope="col" data-number>
            Images seen
          </th>
          <th scope="col" data-number>
            Seconds
          </th>
        </tr>
      </thead>
      <tbody>
        {curves.map((epoch) => (
          <tr key={epoch.epoch}>
            <th scope="row">{epoch.epoch}</th>
            {names.map((name) => (
              <td key={name} data-number>
                {valueText(name, epoch.values[name])}
              </td>
            ))}
            <td data-number>{formatCount(epoch.imagesSeen)}</td>
            <td data-number>{epoch.seconds.toFixed(1)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function valueText(name: string, value: number | undefined): string {
  if (value === undefined) return '–';
  return name === 'accuracy' ? `${(100 * value).toFixed(1)} %` : String(Number(value.toPrecision(4)));
}
