import { accuracySeries, curvesSvg, lossSeries } from '@winnow/runs';
import type { CurveSeries } from '@winnow/runs';

import { html, trusted } from './markup';
import type { Markup } from './markup';
import type { RunReport } from './report-data';
import { groupName, groupRuns } from './result-groups';
import type { ResultGroup } from './result-groups';
import { block } from './section';
import type { ReportSection } from './section';

/** Curves of every run that has any: accuracies in one chart, a line a method; the losses each in a chart. */
export function trainingSection(runs: readonly RunReport[]): ReportSection | null {
  const drawn = runs.filter((run) => run.metrics.length > 0);
  if (drawn.length === 0) return null;
  const groups = groupRuns(drawn);
  const accuracies = groups.flatMap((group): CurveSeries[] => {
    const points = meanAccuracy(group);
    return points.length > 0 ? [{ name: groupName(group, groups), points }] : [];
  });
  const accuracyOptions = { title: 'Mean over the seeds', xLabel: 'epoch', yFormat: 'percent' } as const;
  const body = html`${
    accuracies.length > 0 &&
    block(
      'Accuracy on the test set',
      html`<figure class="chart">${svg(curvesSvg(accuracies, accuracyOptions))}</figure>`,
    )
  }
  ${block('Loss and its parts', html`<div class="charts">${groups.flatMap(({ runs: members }) => members).map(lossChart)}</div>`)}`;
  return { id: 'training', title: 'Training', body };
}

/** Mean over the runs that measured the epoch, at every epoch that any of them measured. */
function meanAccuracy({ runs }: ResultGroup): [number, number][] {
  const byEpoch = new Map<number, number[]>();
  for (const run of runs) {
    for (const [epoch, value] of accuracySeries(run.metrics).points)
      byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), value]);
  }
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => [epoch, values.reduce((sum, value) => sum + value, 0) / values.length]);
}

function lossChart({ summary, metrics }: RunReport): Markup {
  const title = `${summary.method}, seed ${summary.seed}`;
  return html`<figure class="chart">
    ${svg(curvesSvg(lossSeries(metrics), { title, xLabel: 'epoch', yInclude: [0] }))}
  </figure>`;
}

/** curvesSvg escapes its labels. */
function svg(text: string): Markup {
  return trusted(text);
}
