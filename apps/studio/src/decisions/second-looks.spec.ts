import { randomUUID } from 'node:crypto';
import type { DecisionsStored, ReviewQueue } from '@winnow/contracts';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const LOOKS = 200;
const AT_ONCE = 20;

describe('two people at one queue', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  let keys: readonly [string, string];
  beforeAll(async () => {
    studio = await openNewStudio({ count: LOOKS + 2 * AT_ONCE });
    ({ project } = studio);
    keys = [studio.key, await studio.keyOf('Ben', 'reviewer')];
  });
  afterAll(async () => {
    await studio.close();
  });

  const decide = async (key: string, said: ReadonlyMap<string, string>): Promise<DecisionsStored> => {
    const decisions = Array.from(said, ([sha256, says]) => {
      return { id: randomUUID(), batch: randomUUID(), sha256, says, origin: 'one' };
    });
    const { body } = await studio.ask('/api/decisions', { method: 'POST', body: { decisions }, key });
    expect(body).toMatchObject({ stored: decisions.map(({ id }) => id), refused: [] });
    return body as DecisionsStored;
  };

  it.each([
    { overlap: 0, both: 0 },
    { overlap: 10, both: 20 },
  ])('of $overlap % second looks have $both of 200 looks in common', async ({ overlap, both }) => {
    const queue = async (key: string): Promise<ReviewQueue> =>
      (await studio.ask(`/api/review/doubt?count=${AT_ONCE}&overlap=${overlap}`, { key })).body as ReviewQueue;
    const said = [new Map<string, string>(), new Map<string, string>()] as const;
    // Both have theirs before anybody decided.
    for (const key of keys) expect((await queue(key)).images).toHaveLength(AT_ONCE);
    while (said[1].size < LOOKS / 2) {
      for (const person of [0, 1] as const) {
        // Half of what was handed out: the rest comes again.
        const images = (await queue(keys[person])).images.slice(0, AT_ONCE / 2);
        expect(images.filter((image) => said[person].has(image))).toEqual([]);
        // Ben differs in every fourth image.
        const isOther = (image: string): boolean => person === 1 && project.digests.indexOf(image) % 4 === 0;
        const now = new Map(images.map((image) => [image, isOther(image) ? 'class:dog' : 'open']));
        const { last } = await decide(keys[person], now);
        for (const [image, says] of now) said[person].set(image, says);
        // What one person decides the other is told at once.
        const { body } = await studio.ask(`/api/decisions?after=${last - now.size}`, {
          key: keys[1 - person] as string,
        });
        expect(body).toMatchObject({ last, lines: images.map((sha256) => ({ sha256 })) });
      }
    }
    const shared = [...said[0].keys()].filter((image) => said[1].has(image));
    expect([said[0].size, said[1].size, shared.length]).toEqual([LOOKS / 2, LOOKS / 2, both]);
    const same = shared.filter((image) => said[0].get(image) === said[1].get(image)).length;
    expect((await queue(studio.key)).agreement).toEqual(
      overlap === 0 ? null : expect.objectContaining({ same, of: both }),
    );
    for (const person of [0, 1] as const) {
      await decide(keys[person], new Map(Array.from(said[person].keys(), (image) => [image, 'cleared'])));
    }
  });
});
