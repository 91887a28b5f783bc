import { encodeJpeg } from '@winnow/imaging';
import { file, hang, status, text } from './answers';
import { placeUrl } from './behaviour';
import type { Answer, Behaviour, BehaviourWorld, Place } from './behaviour';

type MakeBehaviour = (world: BehaviourWorld) => Promise<Behaviour>;

type Headers = Readonly<Record<string, string | string[]>>;

/** A picture of its own with more headers. */
async function withHeaders(
  world: BehaviourWorld,
  id: string,
  variants: Readonly<Record<string, Headers>>,
): Promise<Behaviour> {
  const places = Object.entries(variants).map(async ([variant, headers]): Promise<Place> => {
    const answer = file(await encodeJpeg(world.picture(`${id} ${variant}`), 90), 'image/jpeg', headers);
    return { variant, url: placeUrl(id, `${variant}.jpg`), answer };
  });
  return { places: await Promise.all(places) };
}

async function pictureAt(world: BehaviourWorld, variant: string, url: string): Promise<Place> {
  return { variant, url, answer: file(await encodeJpeg(world.picture(url), 90)) };
}

const robotsOf = (host: string): string => `http://${host}/robots.txt`;

const STAR = 'star.robots.fixture.test';
const OURS = 'ours.robots.fixture.test';

/** What sites say about who may have their pictures. */
export const RULE_BEHAVIOURS = {
  'xrobots-noai': (world) => withHeaders(world, 'xrobots-noai', { noai: { 'x-robots-tag': 'noai' } }),
  'xrobots-noimageai': (world) =>
    withHeaders(world, 'xrobots-noimageai', { list: { 'x-robots-tag': 'NoImageAI, noindex' } }),
  'xrobots-ua': (world) =>
    withHeaders(world, 'xrobots-ua', {
      other: { 'x-robots-tag': ['otherbot: noai'] },
      ours: { 'x-robots-tag': ['otherbot: noai', 'WINNOW: noindex'] },
    }),
  'xrobots-ok': (world) => withHeaders(world, 'xrobots-ok', { preview: { 'x-robots-tag': 'max-image-preview:large' } }),
  'meta-noai': async (world) => {
    const [plain] = (await withHeaders(world, 'meta-noai', { page: {} })).places;
    return { places: plain === undefined ? [] : [{ ...plain, pageHead: '<meta name=robots content=noimageai>' }] };
  },
  tdm: async (world) => {
    const { places } = await withHeaders(world, 'tdm', { header: { 'tdm-reservation': '1' } });
    const host = 'tdm.fixture.test';
    const rules = [{ location: '/b/', 'tdm-reservation': 1 }];
    return {
      places: [...places, await pictureAt(world, 'file', placeUrl('tdm', 'file.jpg', host))],
      others: { [`http://${host}/.well-known/tdmrep.json`]: text(JSON.stringify(rules), 'application/json') },
    };
  },
  'robots-disallow': async (world) => ({
    places: [
      await pictureAt(world, 'private', `http://${STAR}/private/a.jpg`),
      await pictureAt(world, 'allowed', `http://${STAR}/private/open/a.jpg`),
      await pictureAt(world, 'ours', `http://${OURS}/mine/a.jpg`),
      await pictureAt(world, 'not-ours', `http://${OURS}/a.jpg`),
    ],
    others: {
      [robotsOf(STAR)]: text('User-agent: *\nDisallow: /private/\nAllow: /private/open/\n'),
      [robotsOf(OURS)]: text('User-agent: *\nDisallow: /\n\nUser-agent: winnow\nDisallow: /mine/\n'),
    },
  }),
  'robots-delay': async (world) => {
    const host = 'robots-delay.fixture.test';
    return {
      places: [await pictureAt(world, 'slowly', placeUrl('robots-delay', 'slowly.jpg', host))],
      others: { [robotsOf(host)]: text('User-agent: *\nCrawl-delay: 2\n') },
    };
  },
  'robots-5xx': async (world) => {
    const answers: Readonly<Record<string, Answer>> = {
      'status-503': status(503),
      'status-404': status(404),
      timeout: hang,
    };
    const hostOf = (variant: string): string => `${variant}.robots.fixture.test`;
    return {
      places: await Promise.all(
        Object.keys(answers).map((variant) =>
          pictureAt(world, variant, placeUrl('robots-5xx', `${variant}.jpg`, hostOf(variant))),
        ),
      ),
      others: Object.fromEntries(
        Object.entries(answers).map(([variant, answer]) => [robotsOf(hostOf(variant)), answer]),
      ),
    };
  },
} as const satisfies Record<string, MakeBehaviour>;
