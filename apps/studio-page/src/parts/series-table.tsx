import { ScrollTable } from './scroll-table';
import styles from './series-table.module.css';

export interface SeriesTableProps {
  readonly caption: string;
  /** Over the first column. */
  readonly head: string;
  readonly names: readonly string[];
  /** As many cells as there are names. */
  readonly rows: readonly { readonly key: string | number; readonly head: string; readonly cells: readonly string[] }[];
}

/** What a chart draws, as numbers: folded away until somebody asks for it. */
export function SeriesTable({ caption, head, names, rows }: SeriesTableProps): React.JSX.Element {
  return (
    <details className={styles.series}>
      <summary>As a table</summary>
      <ScrollTable caption={caption}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {names.map((name) => (
              <th key={name} scope="col" data-number>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.head}</th>
              {row.cells.map((cell, at) => (
                <td key={names[at]} data-number>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </details>
  );
}
