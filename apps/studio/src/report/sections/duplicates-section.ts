import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import { count, percent, plural } from '../../html/number-format';
import { imageFigure } from './image-figure';
import type { DuplicateCluster, DuplicateReport } from '../report-data';
import { block } from './section';
import type { ReportSection } from './section';

/** Copies that were found and merged, with examples. */
export function duplicatesSection(duplicates: DuplicateReport): ReportSection {
  const { clusters } = duplicates;
  const body = html`<p>${summary(duplicates)}</p>
    <dl class="figures small">
      <div>
        <dt>exact copies</dt>
        <dd>${count(duplicates.exact)}</dd>
      </div>
      <div>
        <dt>near copies</dt>
        <dd>${count(duplicates.near)}</dd>
      </div>
      ${
        duplicates.conflicts !== null &&
        html`<div>
          <dt>clusters across classes</dt>
          <dd>${count(duplicates.conflicts)}</dd>
        </div>`
      }
      ${
        duplicates.leaks !== null &&
        html`<div>
          <dt>test images left out</dt>
          <dd>${count(duplicates.leaks)}</dd>
        </div>`
      }
      ${
        duplicates.measure !== null &&
        html`<div>
          <dt>precision</dt>
          <dd>${percent(duplicates.measure.precision)}</dd>
        </div>`
      }
      ${
        duplicates.measure !== null &&
        html`<div>
          <dt>recall</dt>
          <dd>${percent(duplicates.measure.recall)}</dd>
        </div>`
      }
    </dl>
    ${clusters.length > 0 && block('Some of the clusters', html`<div class="clusters">${clusters.map(renderCluster)}</div>`)}`;
  return { id: 'duplicates', title: 'Duplicates', body };
}

function summary({ exact, near, measure }: DuplicateReport): string {
  if (exact + near === 0) return 'No image was found twice.';
  const truth =
    measure === null
      ? ''
      : ' The true copies are known here, so precision (merged pairs that are copies) and recall (copies that were merged) can be told.';
  return `The same image is often found many times. One of each cluster is kept, with the sources of all: ${plural(exact + near, 'copy was', 'copies were')} merged into it.${truth}`;
}

function renderCluster({ kind, copies, images }: DuplicateCluster): Markup {
  const hidden = copies - images.length;
  return html`<div class="cluster">
    <p>
      <b>${kind === 'exact' ? 'Exact' : 'Near'}</b>,
      ${plural(copies, 'copy', 'copies')}${hidden > 0 && html` <span class="soft">(${count(hidden)} not shown)</span>`}
    </p>
    <div class="sheet">
      ${images.map((image, index) =>
        imageFigure(image, index === 0 ? html`<b>kept</b> · ${image.given}` : image.given),
      )}
    </div>
  </div> `;
}
