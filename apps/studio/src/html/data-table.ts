import { html } from './markup';
import type { Markup, MarkupValue } from './markup';

export interface Column {
  readonly heading: MarkupValue;
  readonly align?: 'number' | 'graphic';
}

/** Rows under a heading of their own; without one, plain rows. */
interface RowGroup {
  readonly heading?: MarkupValue;
  readonly rows: readonly (readonly MarkupValue[])[];
}

export interface DataTable {
  /** Read out in any case; seen where no heading above says the same. */
  readonly caption: string;
  readonly captionShown?: boolean;
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
}

/** A table that scrolls sideways where it is too wide; the first cell of a row is its heading. */
export function dataTable({ caption, captionShown = false, columns, groups }: DataTable): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption class="${captionShown ? 'shown' : 'unseen'}">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${column.align ?? 'text'}">${column.heading}</th>`)}
        </tr>
      </thead>
      ${groups.map((group) => rowGroup(group, columns))}
    </table>
  </div>`;
}

function rowGroup({ heading, rows }: RowGroup, columns: readonly Column[]): Markup {
  return html`<tbody>
    ${
      heading !== undefined &&
      html`<tr class="group">
        <th scope="rowgroup" colspan="${columns.length}">${heading}</th>
      </tr>`
    }
    ${rows.map(
      (cells) =>
        html`<tr>
          ${cells.map((cell, index) => tableCell(cell, columns[index]?.align ?? 'text', index === 0))}
        </tr> `,
    )}
  </tbody>`;
}

function tableCell(cell: MarkupValue, style: string, heading: boolean): Markup {
  if (heading) return html`<th scope="row" class="${style}">${cell}</th>`;
  return html`<td class="${style}">${cell}</td>`;
}
