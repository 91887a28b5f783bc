import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import type { ReproduceReport } from '../report-data';
import { block } from './section';
import type { ReportSection } from './section';

/** The commands that made all this, and the digests to compare with; null where nothing is known. */
export function reproduceSection({ commands, digests, versions }: ReproduceReport): ReportSection | null {
  const known = commands.length + Object.keys(digests).length + Object.keys(versions).length;
  if (known === 0) return null;
  const body = html`${
    commands.length > 0 &&
    html`<p>
        The same data, configuration and seeds give the same figures. What search engines list changes from day to day;
        the digests below tell whether two data sets are one.
      </p>
      <pre>${commands.map((command) => html`<code>${command}</code> `)}</pre>`
  }
  ${Object.keys(digests).length > 0 && block('Digests', definitions(digests))}
  ${Object.keys(versions).length > 0 && block('Versions', definitions(versions))}`;
  return { id: 'reproduce', title: 'Do it again', body };
}

function definitions(entries: Readonly<Record<string, string>>): Markup {
  return html`<dl class="facts">
    ${Object.entries(entries).map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd><code>${value}</code></dd>
        </div>`,
    )}
  </dl>`;
}
