import { requireUninterrupted, STUDIO_SORTS, withProgress } from '@winnow/contracts';
import type { ImageFacets, ImageWindow } from '@winnow/contracts';
import type { ImageColumns } from '@winnow/columns';
import { SeededRandom } from '@winnow/random';
import { median, percentile95 } from '../harness/figures';
import { startStudioProcess } from './studio-process';
import type { StudioProcess } from './studio-process';
import type { StudioBench } from './studio-bench';

/** Goals of the design, checks 1, 3, 6 and 7. */
const GOALS = {
  linkMillis: 1500,
  stopMillis: 2000,
  firstWindowMillis: 1000,
  filterMillis: 150,
  sortMillis: 250,
} as const;
const MAX_RESIDENT_BYTES = 700e6;
const FILTERS = 60;
const PICTURES = 3000;
const PICTURES_AT_ONCE = 8;

/** All milliseconds, but where a name says otherwise. */
interface StudioFigures {
  readonly linkMillis: number;
  readonly stopMillis: number;
  /** The first window of 60, and its 60 squares. */
  readonly firstWindowMillis: number;
  readonly filterMedianMillis: number;
  readonly filterP95Millis: number;
  /** Processor time of list and facets: what they take where nothing else runs. */
  readonly filterCpuMillis: number;
  readonly sortP95Millis: number;
  readonly facetsP95Millis: number;
  readonly picturesPerSecond: number;
  readonly residentBytes: number;
  /** Counts of filters that were not those of a loop over all images. */
  readonly wrongCounts: number;
}

/** Checks 1, 6 and 7, and the first window of 3: what the server takes. */
export async function measureServer(bench: StudioBench): Promise<StudioFigures & { readonly isHeld: boolean }> {
  const { project, rounds, io } = bench;
  const starts: { linkMillis: number; stopMillis: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const studio = await startStudioProcess(project.file, io.signal);
    await studio.get('/api/project');
    const { millis, exitCode } = await studio.stop();
    if (exitCode !== 0) throw new Error(`the studio ended with ${exitCode}`);
    starts.push({ linkMillis: studio.linkMillis, stopMillis: millis });
  }
  const studio = await startStudioProcess(project.file, io.signal);
  try {
    const figures: StudioFigures = {
      linkMillis: median(starts.map(({ linkMillis }) => linkMillis)),
      stopMillis: median(starts.map(({ stopMillis }) => stopMillis)),
      ...(await measureAnswers(studio, project.columns, bench)),
    };
    return { ...figures, isHeld: isHeld(figures) };
  } finally {
    await studio.stop();
  }
}

function isHeld(figures: StudioFigures): boolean {
  return (
    figures.linkMillis <= GOALS.linkMillis &&
    figures.stopMillis <= GOALS.stopMillis &&
    figures.firstWindowMillis <= GOALS.firstWindowMillis &&
    figures.filterP95Millis <= GOALS.filterMillis &&
    figures.sortP95Millis <= GOALS.sortMillis &&
    figures.residentBytes <= MAX_RESIDENT_BYTES &&
    figures.wrongCounts === 0
  );
}

type ServerFigures = Omit<StudioFigures, 'linkMillis' | 'stopMillis'>;

async function measureAnswers(
  studio: StudioProcess,
  columns: ImageColumns,
  { io }: StudioBench,
): Promise<ServerFigures> {
  const { capability } = await studio.json<{ capability: string }>('/api/project');
  const firstAt = performance.now();
  const first = await studio.untilRead('/api/images?count=60');
  await Promise.all(first.tiles.map(({ sha256 }) => studio.get(`/pic/${capability}/square/${sha256}`)));
  const firstWindowMillis = performance.now() - firstAt;
  const [filters, facets, sorts] = [[] as number[], [] as number[], [] as number[]];
  const took = async <T>(times: number[], address: string): Promise<T> => {
    requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
    const startedAt = performance.now();
    const answer = await studio.json<T>(address);
    times.push(performance.now() - startedAt);
    return answer;
  };
  for (const sort of STUDIO_SORTS) await took(sorts, `/api/images?sort=${sort}&descending=1&count=60`);
  let wrongCounts = 0;
  const cpuBefore = studio.cpuMillis();
  await withProgress(io.progress, { label: 'filters', total: FILTERS, unit: 'filters' }, async (task) => {
    for (let index = 0; index < FILTERS; index += 1) {
      const { query, holds } = drawFilter(index);
      const startedAt = performance.now();
      const { total } = await studio.json<ImageWindow>(`/api/images?${query}&sort=doubt&count=60`);
      await took<ImageFacets>(facets, `/api/facets?${query}`);
      filters.push(performance.now() - startedAt);
      if (total !== countRows(columns, holds)) wrongCounts += 1;
      task.update(index + 1);
    }
  });
  const filterCpuMillis = (studio.cpuMillis() - cpuBefore) / FILTERS;
  const picturesPerSecond = await measurePictures(studio, capability);
  return {
    firstWindowMillis,
    filterMedianMillis: median(filters),
    filterP95Millis: percentile95(filters),
    filterCpuMillis,
    facetsP95Millis: percentile95(facets),
    sortP95Millis: percentile95(sorts),
    picturesPerSecond,
    residentBytes: studio.residentBytes(),
    wrongCounts,
  };
}

type Holds = (columns: ImageColumns, row: number) => boolean;

/** Every filter is another one, so that none is answered from memory. */
function drawFilter(index: number): { readonly query: string; readonly holds: Holds } {
  const random = new SeededRandom(index);
  const [kind, given] = [random.int(3), random.int(20)];
  const from = Math.round(random.next() * 300) / 1000;
  const to = from + 0.1 + index / 1000;
  const range: Holds = ({ doubt }, row) => (doubt[row] as number) >= from && (doubt[row] as number) <= to;
  const isKind: Holds = (columns, row) => columns.kind[row] === kind;
  const letter = ['clean', 'closed', 'open'][kind];
  const inRange = `doubt=${from}-${to}`;
  switch (index % 4) {
    case 0:
      return { query: inRange, holds: range };
    case 1:
      return {
        query: `${inRange}&kind=${letter}`,
        holds: (columns, row) => range(columns, row) && isKind(columns, row),
      };
    case 2:
      return {
        query: `${inRange}&kind=!${letter}&given=class ${given}&copies=2-`.replaceAll(' ', '%20'),
        holds: (columns, row) =>
          range(columns, row) &&
          !isKind(columns, row) &&
          columns.given[row] === given &&
          (columns.copies[row] as number) >= 2,
      };
    default: {
      const host = random.int(3000);
      return {
        query: `${inRange}&host=!h${host}.images.test&side=200-`,
        holds: (columns, row) =>
          range(columns, row) &&
          columns.lists.hosts[columns.hosts[columns.hostStart[row] as number] as number] !== `h${host}.images.test` &&
          Math.min(columns.width[row] as number, columns.height[row] as number) >= 200,
      };
    }
  }
}

function countRows(columns: ImageColumns, holds: Holds): number {
  let count = 0;
  for (let row = 0; row < columns.count; row += 1) if (holds(columns, row)) count += 1;
  return count;
}

async function measurePictures(studio: StudioProcess, capability: string): Promise<number> {
  const digests: string[] = [];
  for (let from = 0; digests.length < PICTURES; from += 500) {
    const { tiles } = await studio.json<ImageWindow>(`/api/images?from=${from}&count=500`);
    if (tiles.length === 0) break;
    digests.push(...tiles.map(({ sha256 }) => sha256));
  }
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: PICTURES_AT_ONCE }, async () => {
      while (next < digests.length) await studio.get(`/pic/${capability}/square/${digests[next++] as string}`);
    }),
  );
  return digests.length / ((performance.now() - startedAt) / 1000);
}
