import { formatShort } from '../../parts/numbers';
import type { Colouring, MapColour } from './map-colours';
import { COLOURING_WORDS } from './map-colours';
import styles from './map.module.css';

interface MapLegendProps {
  readonly colouring: Colouring;
  readonly colours: readonly MapColour[];
  /** Visible points by colour. */
  readonly counts: readonly number[];
  /** Values that the list is narrowed to. */
  readonly chosen: readonly string[];
  readonly onChoose: (values: readonly string[]) => void;
}

/** What the colours mean, how many points have each; a press narrows the list to it, or no longer. */
export function MapLegend({ colouring, colours, counts, chosen, onChoose }: MapLegendProps): React.JSX.Element {
  const toggle = (value: string): void =>
    onChoose(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
  return (
    <ul className={styles.legend} aria-label={`Colours: ${COLOURING_WORDS[colouring]}`}>
      {colours.map(({ words, colour, value }, at) => {
        const content = (
          <>
            <span className={styles.dot} style={{ background: colour }} aria-hidden="true" />
            <bdi>{words}</bdi> <span className={styles.number}>{formatShort(counts[at] ?? 0)}</span>
          </>
        );
        return (
          <li key={words}>
            {value === null ? (
              <span className={styles.entry}>{content}</span>
            ) : (
              <button type="button" aria-pressed={chosen.includes(value)} onClick={() => toggle(value)}>
                {content}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
