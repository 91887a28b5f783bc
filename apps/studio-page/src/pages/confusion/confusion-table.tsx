import { ScrollTable } from '../../parts/scroll-table';
import { formatCount } from '../../parts/numbers';
import styles from './confusion.module.css';

export interface ConfusionTableProps {
  /** `[true class][predicted class]` */
  readonly counts: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly isShares: boolean;
  readonly chosen: { readonly trueClass: string; readonly predicted: string };
  readonly onChoose: (trueClass: string, predicted: string) => void;
}

/** Above this a table is a list of mistakes. */
const MAX_TABLE = 40;
const MAX_MISTAKES = 60;

export function ConfusionTable(props: ConfusionTableProps): React.JSX.Element {
  return props.classes.length > MAX_TABLE ? <Mistakes {...props} /> : <Cells {...props} />;
}

function Cells({ counts, classes, isShares, chosen, onChoose }: ConfusionTableProps): React.JSX.Element {
  return (
    <ScrollTable caption="Test images by true class (rows) and predicted class (columns)">
      <thead>
        <tr>
          <th scope="col" className={styles.corner}>
            true ↓ taken for →
          </th>
          {classes.map((name) => (
            <th key={name} scope="col" className={styles.column}>
              <bdi>{name}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.map((trueClass, row) => {
          const of = counts[row]?.reduce((sum, count) => sum + count, 0) ?? 0;
          return (
            <tr key={trueClass}>
              <th scope="row">
                <bdi>{trueClass}</bdi> <span className="soft">{formatCount(of)}</span>
              </th>
              {classes.map((predicted, column) => {
                const count = counts[row]?.[column] ?? 0;
                const isChosen = chosen.trueClass === trueClass && chosen.predicted === predicted;
                return (
                  <td key={predicted} className={styles.cell}>
                    {count === 0 ? (
                      <span className={styles.none}>·</span>
                    ) : (
                      <button
                        type="button"
                        data-right={row === column || undefined}
                        aria-pressed={isChosen}
                        style={{ '--shade': `${Math.round(6 + 54 * Math.sqrt(count / Math.max(of, 1)))}%` } as never}
                        onClick={() => onChoose(trueClass, predicted)}
                        aria-label={`${trueClass} taken for ${predicted}: ${count} of ${of}`}
                      >
                        {isShares ? percent(count / of) : formatCount(count)}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </ScrollTable>
  );
}

const percent = (share: number): string => (share >= 0.1 ? String(Math.round(100 * share)) : (100 * share).toFixed(1));

function Mistakes({ counts, classes, onChoose, chosen }: ConfusionTableProps): React.JSX.Element {
  const mistakes = counts
    .flatMap((row, trueClass) => row.map((count, predicted) => ({ trueClass, predicted, count })))
    .filter(({ trueClass, predicted, count }) => trueClass !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_MISTAKES);
  return (
    <ScrollTable caption="The most frequent mistakes">
      <thead>
        <tr>
          <th scope="col">True class</th>
          <th scope="col">Taken for</th>
          <th scope="col" data-number>
            Images
          </th>
        </tr>
      </thead>
      <tbody>
        {mistakes.map(({ trueClass, predicted, count }) => {
          const [from = '', to = ''] = [classes[trueClass], classes[predicted]];
          return (
            <tr key={`${trueClass} ${predicted}`}>
              <th scope="row">
                <bdi>{from}</bdi>
              </th>
              <td>
                <bdi>{to}</bdi>
              </td>
              <td data-number>
                <button
                  type="button"
                  aria-pressed={chosen.trueClass === from && chosen.predicted === to}
                  onClick={() => onChoose(from, to)}
                >
                  {formatCount(count)}
                </button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </ScrollTable>
  );
}
