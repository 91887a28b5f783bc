import type { DecisionsSince, ImageWindow } from '@winnow/contracts';
import { forgetImages } from '@winnow/db';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

describe('what was said of an image that is forgotten', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  beforeAll(async () => {
    studio = await openNewStudio();
    ({ project } = studio);
  });
  afterAll(async () => {
    await studio.close();
  });

  it('goes at once from what the studio holds, pairs too, and other lines stay', async () => {
    const [gone, kept, pair] = project.digests as [string, string, string];
    const says = [
      { sha256: kept, says: 'class:dog' },
      { sha256: gone, says: 'class:dog', note: 'of my aunt' },
      { sha256: pair, otherSha256: gone, says: 'same' },
    ];
    const decisions = says.map((one, at) => ({ ...one, id: uuid(at), batch: uuid(at), origin: 'one' }));
    await studio.ask('/api/decisions', { method: 'POST', body: { decisions } });
    const lines = async () => ((await studio.ask('/api/decisions?after=0')).body as DecisionsSince).lines;
    expect(await lines()).toHaveLength(3);
    expect((await studio.context.decisions.ofBuilds()).pairs.size).toBe(1);
    await studio.context.database.use((db) => forgetImages(db, 'p', { urls: [], hosts: [], digests: [gone] }));
    expect(JSON.stringify(await lines())).not.toMatch(new RegExp(`${gone}|aunt`));
    expect((await lines()).map(({ sha256 }) => sha256)).toEqual([kept]);
    expect((await studio.context.decisions.ofBuilds()).pairs.size).toBe(0);
    const { tiles } = (await studio.ask('/api/images?count=2')).body as ImageWindow;
    expect(tiles.map(({ state }) => state)).toEqual(['none', 'decided']);
    const next = [{ ...decisions[0], id: uuid(9), batch: uuid(9), says: 'open' }];
    await studio.ask('/api/decisions', { method: 'POST', body: { decisions: next } });
    expect((await lines()).map((line) => line.says)).toEqual(['class:dog', 'open']);
  });
});
