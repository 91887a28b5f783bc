import type { PersonLink, StudioPeople } from '@winnow/contracts';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioUnderTest } from '../spec-support/studio-project';

let studio: StudioUnderTest;
beforeAll(async () => {
  studio = await openNewStudio();
});
afterAll(async () => {
  await studio.close();
});
const post = (url: string, body: unknown, key?: string) =>
  studio.ask(url, { method: 'POST', body, ...(key && { key }) });
const invite = async (name: string): Promise<string> =>
  ((await post('/api/people', { name })).body as PersonLink).link.replace(/^.*#key=/, '');

describe('people of a studio', () => {
  it('are invited by a link that only decides, and taken away again', async () => {
    const first = await invite('Ben ü');
    expect((await studio.ask('/api/project', { key: first })).body).toMatchObject({
      person: { name: 'Ben ü', role: 'reviewer' },
    });
    expect((await post('/api/people', { name: 'Cara' }, first)).status).toBe(403);
    const second = await invite('Ben ü');
    expect((await studio.ask('/api/project', { key: first })).status).toBe(401);
    expect((await studio.ask('/api/project', { key: second })).status).toBe(200);
    expect((await studio.ask('/api/people')).body).toMatchObject({
      people: [
        { name: 'Anna', role: 'owner' },
        { name: 'Ben ü', role: 'reviewer' },
      ],
    });
    const left = (await post('/api/people/remove', { name: 'Ben ü' })).body as StudioPeople;
    expect(left.people).toHaveLength(1);
    expect((await studio.ask('/api/project', { key: second })).status).toBe(401);
    expect((await post('/api/people/remove', { name: 'Anna' })).status).toBe(404);
  });

  it.each(['Anna', 'file: list.csv', '', ' ', 'a\u202eb', 'x'.repeat(101)])('have no such name: %j', async (name) => {
    expect((await post('/api/people', { name })).status).toBe(400);
  });

  it('keep their keys however often the owner asks for a link', async () => {
    const key = await invite('Dora');
    for (let link = 0; link < 70; link += 1) await studio.keyOf('Anna', 'owner');
    expect((await studio.ask('/api/project', { key })).status).toBe(200);
  });
});

describe('views', () => {
  it('are stored by name, and removed by an empty address', async () => {
    const key = await studio.keyOf('Anna', 'owner');
    const view = { name: 'doubtful', address: '/pictures?doubt=.5-' };
    expect((await post('/api/views', view, key)).body).toEqual({ views: [{ ...view, person: 'Anna' }] });
    expect((await post('/api/views', { ...view, address: 'http://evil.test/' }, key)).status).toBe(400);
    const other = { ...view, address: '/pictures?kind=open' };
    expect([(await post('/api/views', view, key)).status, (await post('/api/views', other, key)).status]).toEqual([
      200, 409,
    ]);
    expect((await studio.ask('/api/views', { key })).body).toEqual({ views: [{ ...view, person: 'Anna' }] });
    expect((await post('/api/views', { ...other, replaces: true }, key)).body).toEqual({
      views: [{ ...other, person: 'Anna' }],
    });
    expect((await post('/api/views', { ...view, address: '' }, key)).body).toEqual({ views: [] });
    expect((await studio.ask('/api/views', { key })).body).toEqual({ views: [] });
  });
});
