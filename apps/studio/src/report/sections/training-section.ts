import { curvesSvg, lossSeries, meanAccuracyCurve } from '@winnow/runs';
import type { CurveSeries } from '@winnow/runs';

import { html, trusted } from '../../html/markup';
import type { Markup } from '../../html/markup';
import type { RunReport } from '../report-data';
import { groupName, groupRuns } from '../result-groups';
import { block } from './section';
import type { ReportSection } from './section';

/** Curves of every run that has any: accuracies in one chart, a line a method; the losses each in a chart. */
export function trainingSection(runs: readonly RunReport[]): ReportSection | null {
  const drawn = runs.filter((run) => run.metrics.length > 0);
  if (drawn.length === 0) return null;
  const groups = groupRuns(drawn);
  const accuracies = groups.flatMap((group): CurveSeries[] => {
    const curve = meanAccuracyCurve(
      groupName(group, groups),
      group.runs.map(({ metrics }) => metrics),
    );
    return curve.points.length > 0 ? [curve] : [];
  });
  const accuracyOptions = {
    title: 'Mean over the seeds, ± one deviation',
    xLabel: 'epoch',
    yFormat: 'percent',
  } as const;
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
