import type { MapLayout } from '@winnow/contracts/lasso';
import type { Colouring } from './map-colours';
import { COLOURING_WORDS } from './map-colours';
import styles from './map.module.css';
import type { MapTool } from './use-drawn-part';

/** What becomes of the next thing that is drawn. */
export type MapMode = 'new' | 'add' | 'takeAway';

const TOOLS: Readonly<Record<MapTool, string>> = { lasso: 'Lasso', box: 'Box', move: 'Move' };
const MODES: Readonly<Record<MapMode, string>> = { new: 'New', add: 'Add', takeAway: 'Take away' };

interface LayoutChoicesProps {
  readonly layout: MapLayout;
  readonly onLayout: (layout: MapLayout) => void;
}

const LAYOUTS: Readonly<Record<MapLayout, string>> = { triangle: 'Triangle', neighbours: 'Neighbours' };

/** How images are laid out: by their probabilities, or by what they look like. */
export function LayoutChoices({ layout, onLayout }: LayoutChoicesProps): React.JSX.Element {
  return <Choices title="Layout" choices={LAYOUTS} chosen={layout} onChoose={onLayout} />;
}

interface MapBarProps extends LayoutChoicesProps {
  readonly colour: Colouring;
  readonly tool: MapTool;
  readonly mode: MapMode;
  readonly pointPixels: number;
  readonly hasLasso: boolean;
  readonly onColour: (colour: Colouring) => void;
  readonly onTool: (tool: MapTool) => void;
  readonly onMode: (mode: MapMode) => void;
  readonly onPointPixels: (pixels: number) => void;
  readonly onReset: () => void;
}

/** How the map is coloured, and what a pointer draws there. */
export function MapBar(props: MapBarProps): React.JSX.Element {
  const { colour, tool, mode, pointPixels, hasLasso } = props;
  return (
    <div className={styles.bar}>
      <LayoutChoices layout={props.layout} onLayout={props.onLayout} />
      <label>
        colour{' '}
        <select value={colour} onChange={({ target }) => props.onColour(target.value as Colouring)}>
          {Object.entries(COLOURING_WORDS).map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Choices title="Tool" choices={TOOLS} chosen={tool} onChoose={props.onTool} />
      <Choices title="What is drawn" choices={MODES} chosen={mode} onChoose={props.onMode} />
      <button type="button" onClick={props.onReset} disabled={!hasLasso}>
        Reset
      </button>
      <label className={styles.pointSize}>
        point size{' '}
        <input
          type="range"
          min={1}
          max={12}
          value={pointPixels}
          onChange={({ target }) => props.onPointPixels(Number(target.value))}
        />
      </label>
    </div>
  );
}

interface ChoicesProps<Name extends string> {
  readonly title: string;
  readonly choices: Readonly<Record<Name, string>>;
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

function Choices<Name extends string>({ title, choices, chosen, onChoose }: ChoicesProps<Name>): React.JSX.Element {
  return (
    <div className={styles.choices} role="group" aria-label={title}>
      {(Object.keys(choices) as Name[]).map((name) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
          {choices[name]}
        </button>
      ))}
    </div>
  );
}
