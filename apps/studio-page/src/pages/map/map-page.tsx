import type { Lasso, LassoPart, MapLayout } from '@winnow/contracts/lasso';
import { isLassoWithinBounds, MAP_LAYOUTS } from '@winnow/contracts/lasso';
import { useMemo, useState } from 'react';
import { choiceParameter } from '../../address/codec';
import { useAddressValues } from '../../address/use-address';
import { CommandLine } from '../../parts/command-line';
import { EmptyState } from '../../parts/empty-state';
import { notify } from '../../parts/notices';
import { usePageTitle } from '../../parts/page-body';
import { Waiting } from '../../parts/waiting';
import { useProject, useShown } from '../../server/project';
import { FilterChips } from '../images/filter-chips';
import { StepButton } from '../../steps/step-button';
import { StepList } from '../../steps/step-list';
import { appliedFilters, LIST_FILTERS, NO_LASSO } from '../images/image-query';
import { LayoutChoices, MapBar } from './map-bar';
import type { MapMode } from './map-bar';
import { MapCanvas } from './map-canvas';
import { codePoints, COLOURINGS, coloursOf, withChosen } from './map-colours';
import { MapLegend } from './map-legend';
import { countBits } from './map-points';
import { MapStrip } from './map-strip';
import styles from './map.module.css';
import type { MapTool } from './use-drawn-part';
import type { MapData } from './use-map-data';
import { useMapData } from './use-map-data';
import { usePalette } from './use-palette';

const ADDRESS = {
  ...LIST_FILTERS,
  colour: choiceParameter(COLOURINGS, 'kind'),
  layout: choiceParameter(MAP_LAYOUTS, 'triangle'),
};

/** All images of a split between clean, closed and open; a part of them is drawn around, and is a list like any other. */
export default function MapPage(): React.JSX.Element {
  usePageTitle('Map');
  const { file } = useProject();
  const { build, split } = useShown();
  const { values, ignored, change } = useAddressValues(ADDRESS);
  const isSplit = build !== null && split !== null;
  const { layout, colour } = values;
  const { data, error, reason, isMissing } = useMapData(values, { layout, wantsStates: colour === 'decided', isSplit });
  if (!isSplit) {
    return (
      <EmptyState title={build === null ? 'No data set yet' : 'No split yet'}>
        <p>The map lays images out between clean, closed and open label noise, as a split sees them.</p>
        <CommandLine command={`winnow ${build === null ? 'build' : 'split'} ${file}`} />
      </EmptyState>
    );
  }
  if (error !== null) {
    return (
      <EmptyState title="The map cannot be drawn now" isAlarm>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  if (isMissing) return <NotLaidOut onLayout={(next) => change({ layout: next })} />;
  if (data === null) return <Waiting reason={reason} isPage />;
  return <DrawnMap data={data} values={values} ignored={ignored} change={change} />;
}

interface DrawnMapProps extends Omit<ReturnType<typeof useAddressValues<typeof ADDRESS>>, 'ignored'> {
  readonly data: MapData;
  readonly ignored: readonly string[];
}

/** The map by likeness before there is one. */
function NotLaidOut({ onLayout }: { readonly onLayout: (layout: MapLayout) => void }): React.JSX.Element {
  const { file } = useProject();
  const says =
    'Stores what a network sees in the images that it has not seen, then lays all images of the newest data set out.';
  return (
    <EmptyState title="These images were not laid out by likeness">
      <p>A command finds the neighbours of each image, so that those that look alike lie together.</p>
      <CommandLine command={`winnow embed ${file} --layout`} />
      <StepButton step={{ step: 'embed', options: { layout: true } }} says={says}>
        Lay them out …
      </StepButton>
      <StepList of={['embed']} />
      <LayoutChoices layout="neighbours" onLayout={onLayout} />
    </EmptyState>
  );
}

/** A whole map, and what lies around it: from this the first part is taken away. */
const EVERYTHING: LassoPart = {
  isTakenAway: false,
  corners: [
    [-0.1, -0.1],
    [1.2, -0.1],
    [1.2, 1.2],
    [-0.1, 1.2],
  ],
};

function DrawnMap({ data, values, ignored, change }: DrawnMapProps): React.JSX.Element {
  const { classes } = useProject();
  const { points, visible, chosen, states, interpolatedPercent } = data;
  const { lasso, colour, layout } = values;
  const [tool, setTool] = useState<MapTool>('lasso');
  const [mode, setMode] = useState<MapMode>('new');
  const [pointPixels, setPointPixels] = useState(() => (points.count > 50_000 ? 2 : 5));
  const colours = useMemo(() => coloursOf(colour, points, { classes, states }), [colour, points, classes, states]);
  const { codes, counts } = useMemo(() => codePoints(colours, points.count, visible), [colours, points, visible]);
  const marked = useMemo(() => withChosen(codes, chosen), [codes, chosen]);
  const palette = usePalette([...colours.colours.map((one) => one.colour), 'var(--paper)']);
  const visibleCount = counts.reduce((sum, count) => sum + count, 0);
  const chosenCount = useMemo(() => (chosen === null ? null : countBits(chosen)), [chosen]);
  const hasLasso = lasso.parts.length > 0;
  const reset = (): void => {
    if (hasLasso) change({ lasso: NO_LASSO });
  };
  return (
    <div className={styles.page}>
      <h1 className="unseen">Map</h1>
      <div className={styles.bars}>
        <MapBar
          {...{ layout, colour, tool, mode, pointPixels, hasLasso }}
          onLayout={(next) => change({ layout: next })}
          onColour={(next) => change({ colour: next })}
          onTool={setTool}
          onMode={setMode}
          onPointPixels={setPointPixels}
          onReset={reset}
        />
        <FilterChips applied={appliedFilters({ ...values, lasso: NO_LASSO })} change={change}>
          {ignored.length === 0 ? null : (
            <li className="soft">The address also says {ignored.join(', ')}, which means nothing here.</li>
          )}
        </FilterChips>
      </div>
      <div className={styles.body}>
        <div className={styles.left}>
          <MapCanvas
            key={layout}
            {...{
              layout,
              interpolatedPercent,
              points,
              visible,
              visibleCount,
              codes: marked,
              palette,
              pointPixels,
              lasso,
              tool,
            }}
            hasChosen={chosen !== null}
            onPart={(corners) => {
              const next = withPart(lasso, { layout, corners, mode });
              if (next !== null) change({ lasso: next });
            }}
            onReset={reset}
          />
          <MapLegend
            colouring={colour}
            colours={colours.colours}
            counts={counts}
            chosen={colour === 'doubt' ? [] : values[colour]}
            onChoose={(chosenValues) => change({ [colour]: chosenValues } as Partial<typeof values>)}
          />
        </div>
        <MapStrip query={values} count={hasLasso ? (chosenCount ?? 0) : visibleCount} isBusy={data.isChoosing} />
      </div>
    </div>
  );
}

interface NewPart extends Pick<LassoPart, 'corners'> {
  readonly layout: MapLayout;
  readonly mode: MapMode;
}

/**
 * A lasso lies in one layout: a part of another one begins a new lasso.
 * @returns null, and says so, where an address holds no more
 */
function withPart(lasso: Lasso, { layout, corners, mode }: NewPart): Lasso | null {
  const part = { corners, isTakenAway: mode === 'takeAway' };
  if (mode === 'new') return { layout, parts: [part] };
  const before = lasso.layout === layout ? lasso.parts : [];
  const parts = before.length === 0 && part.isTakenAway ? [EVERYTHING, part] : [...before, part];
  if (isLassoWithinBounds({ layout, parts })) return { layout, parts };
  notify({ text: 'This lasso has as many parts as an address can hold: begin a new one.', isAlarm: true });
  return null;
}
