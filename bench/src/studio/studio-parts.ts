import { measureDecisions } from './measure-decisions';
import { measureHostile } from './measure-hostile';
import { measureMap } from './measure-map';
import { measurePostgresCounts } from './measure-postgres-counts';
import { measureRunList } from './measure-run-list';
import { measureScrolling } from './measure-scrolling';
import { measureServer } from './measure-server';
import { measureBesideTraining } from './measure-beside-training';
import type { StudioPart } from './part-names';
import type { PartFigures, StudioBench } from './studio-bench';

/** How each part is measured. */
export const STUDIO_PARTS: Readonly<Record<StudioPart, (bench: StudioBench) => Promise<PartFigures>>> = {
  server: measureServer,
  scrolling: measureScrolling,
  map: measureMap,
  decisions: measureDecisions,
  runs: measureRunList,
  counts: measurePostgresCounts,
  hostile: measureHostile,
  training: measureBesideTraining,
};
