import { NOISE_KINDS } from '@winnow/contracts';
import type { ImageFacets, ImageWindow, MapSample } from '@winnow/contracts';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const COUNT = 30;
/** Closed at most .5, which is below what images of kind closed have from the seventh on. */
const LASSO = '-.1:-.1,.5:-.1,.5:1.1,-.1:1.1';

let project: StudioProject;
let studio: StudioUnderTest;

beforeAll(async () => {
  project = await writeStudioProject({ count: COUNT });
  studio = await openStudio(project);
});
afterAll(async () => {
  await studio.close();
  project.remove();
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
    const built = await writeStudioProject({ until: 'build' });
    const unsplit = await openStudio(built);
    try {
      const { status, body } = await unsplit.ask('/api/map/points');
      expect([status, JSON.stringify(body)]).toEqual([404, expect.stringContaining('winnow split p.yaml')]);
    } finally {
      await unsplit.close();
      built.remove();
    }
  });
});
