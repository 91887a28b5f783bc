import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { layoutFile, writeLayout } from '@winnow/columns';
import { NOISE_KINDS } from '@winnow/contracts';
import type { ImageFacets, ImageWindow, MapSample } from '@winnow/contracts';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const COUNT = 30;
/** Closed at most .5, which is below what images of kind closed have from the seventh on. */
const LASSO = '-.1:-.1,.5:-.1,.5:1.1,-.1:1.1';

let project: StudioProject;
let studio: StudioUnderTest;

beforeAll(async () => {
  studio = await openNewStudio({ count: COUNT });
  ({ project } = studio);
});
afterAll(async () => {
  await studio.close();
});

const bytesOf = async (address: string): Promise<Buffer> => {
  const { status, bytes, headers } = await studio.ask(address);
  expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream']);
  return bytes;
};

/** Rows whose bit is set. */
const rowsOf = (bits: Buffer): readonly number[] =>
  Array.from({ length: COUNT }, (_, row) => row).filter((row) => (((bits[row >> 3] ?? 0) >> (row & 7)) & 1) === 1);

describe('GET /api/map/…', () => {
  it('gives nine bytes an image: where it lies, its classes and kind', async () => {
    const bytes = await bytesOf('/api/map/points');
    expect(bytes).toHaveLength(9 * COUNT);
    const sure = 0.4 + (0.5 * 4) / COUNT;
    const [closed, open] = [bytes.readUInt16LE(4 * 4), bytes.readUInt16LE(4 * 4 + 2)];
    expect(closed / 65_535).toBeCloseTo(sure, 4);
    expect(open / 65_535).toBeCloseTo((1 - sure) / 2, 4);
    expect(bytes.readUInt16LE(4 * COUNT + 2 * 4)).toBe(1);
    expect(bytes.readUInt16LE(6 * COUNT + 2 * 4)).toBe(2);
    expect(NOISE_KINDS[bytes[8 * COUNT + 4] ?? -1]).toBe('closed');
  });

  it('masks by filters and lasso, as lists, facets and the queue of reviews do', async () => {
    const filters = `lasso=${encodeURIComponent(LASSO)}&given=dog`;
    const { total, tiles } = (await studio.ask(`/api/images?${filters}&count=60`)).body as ImageWindow;
    expect(total).toBe(2);
    const rows = rowsOf(await bytesOf(`/api/map/mask?${filters}`));
    expect(rows.map((row) => project.digests[row])).toEqual(tiles.map(({ sha256 }) => sha256));
    expect(((await studio.ask(`/api/facets?${filters}`)).body as ImageFacets).total).toBe(total);
    const queue = (await studio.ask(`/api/review/doubt?${filters}`)).body as { readonly left: number };
    expect(queue.left).toBe(total);
    expect(rowsOf(await bytesOf('/api/map/mask?'))).toHaveLength(COUNT);
  });

  it('draws images at random, other ones each time, and all where there are few', async () => {
    const draw = async (query: string) => (await studio.ask(`/api/map/sample?${query}`)).body as MapSample;
    const [first, second, again] = [await draw('count=5'), await draw('count=5&draw=1'), await draw('count=5')];
    expect(first).toEqual(again);
    expect(first.total).toBe(COUNT);
    expect(new Set(first.tiles.map(({ sha256 }) => sha256)).size).toBe(5);
    expect(second.tiles).not.toEqual(first.tiles);
    const few = await draw('kind=open');
    expect(few.tiles.map(({ sha256 }) => project.digests.indexOf(sha256) % 3)).toEqual(Array(10).fill(2));
  });

  it('knows what was decided', async () => {
    studio.context.images.applyDecisions([
      { sha256: project.digests[7] as string, state: 'disputed', decided: null, people: ['Anna', 'Ben'] },
    ]);
    expect([...(await bytesOf('/api/map/states'))]).toEqual(
      Array.from({ length: COUNT }, (_, at) => (at === 7 ? 2 : 0)),
    );
  });

  it('lays images out by likeness once a command did, also while the studio runs; a lasso there is a list as any other', async () => {
    const lasso = encodeURIComponent('neighbours/0:0,.5:0,.5:1,0:1');
    expect((await studio.ask('/api/map/layout')).body).toEqual({ layout: null });
    const refused = await studio.ask(`/api/images?lasso=${lasso}`);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([404, expect.stringContaining('winnow embed PROJECT --layout')]); // prettier-ignore
    expect((await studio.ask('/api/map/points?layout=neighbours')).status).toBe(404);
    const file = layoutFile(project.config.paths.state, project.buildId);
    mkdirSync(path.dirname(file), { recursive: true });
    // The last one has no place; of the others every second lies at the left.
    const side = (of: (row: number) => number) => Float32Array.from({ length: COUNT }, (_, row) => (row === COUNT - 1 ? NaN : of(row))); // prettier-ignore
    const places = { xs: side((row) => (row % 2 === 0 ? 0.25 : 0.75)), ys: side((row) => row / COUNT) };
    await writeLayout(file, { count: COUNT, network: 'n', landmarks: 20, ...places }, project.buildId);
    expect((await studio.ask('/api/map/layout')).body).toEqual({
      layout: { network: 'n', placed: COUNT - 1, interpolated: COUNT - 21 },
    });
    const bytes = await bytesOf('/api/map/points?layout=neighbours');
    expect([bytes.readUInt16LE(4 * 3), bytes.readUInt16LE(4 * 3 + 2)]).toEqual([49_151, 6554]);
    expect(rowsOf(await bytesOf('/api/map/mask?layout=neighbours'))).toHaveLength(COUNT - 1);
    const left = Array.from({ length: COUNT / 2 }, (_, at) => 2 * at);
    expect(rowsOf(await bytesOf(`/api/map/mask?layout=neighbours&lasso=${lasso}`))).toEqual(left);
    const { total } = (await studio.ask(`/api/images?lasso=${lasso}`)).body as ImageWindow;
    expect(total).toBe(left.length);
    await writeLayout(
      file,
      { count: COUNT, network: 'n', landmarks: 20, xs: places.ys, ys: places.xs },
      project.buildId,
    );
    expect(((await studio.ask(`/api/facets?lasso=${lasso}`)).body as ImageFacets).total).toBe(COUNT / 2);
  });

  it.each([
    ['/api/map/mask?lasso=round', 400],
    ['/api/map/sample?count=201', 400],
    ['/api/map/points?b=none', 404],
  ])('refuses %s', async (address, status) => {
    expect((await studio.ask(address)).status).toBe(status);
  });
});

describe('a data set without a split', () => {
  it('has no map, and says which command comes next', async () => {
    const unsplit = await openNewStudio({ until: 'build' });
    try {
      const { status, body } = await unsplit.ask('/api/map/points');
      expect([status, JSON.stringify(body)]).toEqual([404, expect.stringContaining('winnow split p.yaml')]);
    } finally {
      await unsplit.close();
    }
  });
});
