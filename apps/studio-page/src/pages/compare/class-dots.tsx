import type { StudioRunGroup } from '@winnow/contracts';
import { ScrollTable } from '../../parts/scroll-table';
import styles from './compare-page.module.css';

const COLOURS = ['--s1', '--s2', '--s3', '--s4', '--s5', '--s6'];
/** Colours alone do not tell groups apart. */
const SHAPES = ['●', '■', '▲', '◆', '○', '□'];

/** Accuracy by class, a mark a group on one line a class; those that differ most first. */
export function ClassDots({ groups }: { readonly groups: readonly StudioRunGroup[] }): React.JSX.Element {
  const classes = [...new Set(groups.flatMap(({ perClass }) => Object.keys(perClass)))];
  const spreadOf = (name: string): number => {
    const values = groups.flatMap(({ perClass }) => perClass[name] ?? []);
    return Math.max(...values) - Math.min(...values);
  };
  const sorted = groups.length > 1 ? [...classes].sort((a, b) => spreadOf(b) - spreadOf(a)) : classes;
  const all = groups.flatMap(({ perClass }) => Object.values(perClass));
  const from = Math.floor(10 * Math.min(...all, 0.9)) / 10;
  const at = (share: number): string => `${(100 * (share - from)) / (1 - from)}%`;
  return (
    <>
      <ul className={styles.legend}>
        {groups.map(({ key, name }, index) => (
          <li key={key}>
            <span style={{ color: `var(${colourOf(index)})` }} aria-hidden="true">
              {shapeOf(index)}
            </span>{' '}
            {name}
          </li>
        ))}
      </ul>
      <ScrollTable caption="Accuracy by class in percent, mean over the seeds">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" className={styles.dots} aria-hidden="true">
              <span>{Math.round(100 * from)} %</span>
              <span>100 %</span>
            </th>
            {groups.map(({ key, name }) => (
              <th key={key} scope="col" data-number>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((className) => (
            <tr key={className}>
              <th scope="row">
                <bdi>{className}</bdi>
              </th>
              <td className={styles.dots} aria-hidden="true">
                <span className={styles.line}>
                  {groups.map(({ key, perClass }, index) => {
                    const share = perClass[className];
                    return share === undefined ? null : (
                      <span
                        key={key}
                        className={styles.dot}
                        style={{ insetInlineStart: at(share), color: `var(${colourOf(index)})` }}
                      >
                        {shapeOf(index)}
                      </span>
                    );
                  })}
                </span>
              </td>
              {groups.map(({ key, perClass }) => (
                <td key={key} data-number>
                  {perClass[className] === undefined ? '–' : (100 * perClass[className]).toFixed(1)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  );
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] as string;
const shapeOf = (index: number): string => SHAPES[index % SHAPES.length] as string;
