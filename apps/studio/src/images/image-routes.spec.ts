import type { ImageDetail, ImageFacets, ImageWindow } from '@winnow/contracts';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

let project: StudioProject;
let studio: StudioUnderTest;

beforeAll(async () => {
  studio = await openNewStudio();
  ({ project } = studio);
});
afterAll(async () => {
  await studio.close();
});

const list = async (query: string): Promise<ImageWindow> =>
  (await studio.ask(`/api/images?${query}`)).body as ImageWindow;

describe('GET /api/images', () => {
  it('lists images in the order of the data set, by windows', async () => {
    const first = await list('count=5');
    const rest = await list('from=5&count=500');
    expect([...first.tiles, ...rest.tiles].map(({ sha256 }) => sha256)).toEqual(project.digests);
    expect(rest.tiles.map(({ index }) => index)).toEqual([5, 6, 7, 8, 9, 10, 11]);
    expect(first).toMatchObject({ total: 12, of: 12, version: rest.version });
    expect(first.tiles[1]).toMatchObject({ kind: 'closed', given: 1, refined: 2, state: 'none', decided: null });
  });

  it.each([
    ['kind=closed', [1, 4, 7, 10]],
    ['kind=c,o', [0, 2, 3, 5, 6, 8, 9, 11]],
    ['kind=!closed&given=cat', [0, 3, 6, 9]],
    ['flag=blurry', [0, 4, 8]],
    ['license=by&engine=bing', [3, 9]],
    ['host=h1.images.test', [1, 6, 11]],
    ['host=images.test&copies=2-', [1, 3, 5, 7, 9, 11]],
    ['side=-62', [0, 1, 2]],
    ['sort=doubt&doubt=.5-', [2, 1, 0]],
    ['sort=doubt&descending=1&kind=clean', [0, 3, 6, 9]],
    ['given=wolf', []],
    ['b=b1ld&s=5p17&kind=closed', [1, 4, 7, 10]],
    ['unknown=1&kind=closed', [1, 4, 7, 10]],
    [`q=${encodeURIComponent('kind = closed and doubt < .2')}`, [10]],
  ])('filters and sorts: %s', async (query, expected) => {
    const { tiles, total } = await list(query);
    expect(tiles.map(({ sha256 }) => project.digests.indexOf(sha256))).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  it.each([
    ['sort=beauty', 400],
    ['count=501', 400],
    ['doubt=much', 400],
    ['from=-1', 400],
    ['b=none', 404],
    ['s=none', 404],
  ])('refuses %s', async (query, status) => {
    expect((await studio.ask(`/api/images?${query}`)).status).toBe(status);
  });
});

describe('GET /api/facets', () => {
  it('counts each facet without its own filter', async () => {
    const { total, facets } = (await studio.ask('/api/facets?kind=closed&engine=bing')).body as ImageFacets;
    expect(total).toBe(2);
    expect(facets.kind.map(({ value, count }) => [value, count])).toEqual([
      ['clean', 2],
      ['closed', 2],
      ['open', 2],
    ]);
    expect(facets.engine.map(({ value, count }) => [value, count])).toEqual([
      ['openverse', 2],
      ['bing', 2],
    ]);
    expect(facets.given[0]).toMatchObject({ value: 'dog', count: 2 });
  });

  it('finds values by a part of them', async () => {
    const { facets } = (await studio.ask('/api/facets?facet=host&find=H3')).body as ImageFacets;
    expect(facets.host.map(({ value }) => value)).toEqual(['h3.images.test']);
  });
});

describe('GET /api/images/SHA256', () => {
  it('tells all that is known of an image', async () => {
    const image = (await studio.ask(`/api/images/${project.digests[3]}`)).body as ImageDetail;
    expect(image).toMatchObject({ key: '000000003', kind: 'clean', width: 80, height: 63, copies: 2, missing: null });
    expect(image.probabilities?.[0]).toBeCloseTo(0.525, 5);
    expect(image.listings).toEqual([
      expect.objectContaining({ className: 'cat', engine: 'openverse', imageUrl: expect.stringMatching(/^http:/) }),
    ]);
  });

  it('has nothing of an image that is not there', async () => {
    expect((await studio.ask(`/api/images/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await studio.ask('/api/images/abc')).status).toBe(400);
  });
});

describe('GET /api/holders', () => {
  it('names the data sets that hold images, as copies too', async () => {
    const [kept, ...others] = project.digests as [string, ...string[]];
    const gone = 'e'.repeat(64);
    await studio.context.database.use((_db, { executeSql }) =>
      executeSql(
        `insert into exclusions (build_id, sha256, class_name, outcome, kept_sha256) values ($1, $2, 'cat', 'duplicate_near', $3)`,
        [project.buildId, gone, kept],
      ),
    );
    const asked = async (digests: readonly string[]) =>
      (await studio.ask(`/api/holders?sha256=${digests.join()}`)).body;
    expect(await asked([kept, others[3] as string, gone])).toEqual({ builds: [{ id: project.buildId, images: 3 }] });
    expect(await asked(['d'.repeat(64)])).toEqual({ builds: [] });
    expect((await studio.ask('/api/holders?sha256=cat')).status).toBe(400);
  });
});

describe('decisions', () => {
  it('are seen in lists, facets and filters', async () => {
    const { version } = await list('');
    studio.context.images.applyDecisions([
      { sha256: project.digests[4] as string, state: 'decided', decided: 2, people: ['Anna'] },
      { sha256: project.digests[5] as string, state: 'decided', decided: null, people: ['Ben'] },
      { sha256: 'f'.repeat(64), state: 'unsure', decided: null, people: ['Ben'] },
    ]);
    const decided = await list('decided=decided');
    expect(decided.tiles.map(({ decided: label }) => label)).toEqual([2, null]);
    expect((await list('by=Ben')).tiles.map(({ sha256 }) => sha256)).toEqual([project.digests[5]]);
    expect((await list('')).version).toBeGreaterThan(version);
  });
});
