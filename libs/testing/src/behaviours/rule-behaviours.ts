import { encodeJpeg } from '@winnow/imaging';
import { file, hang, status, text } from './answers';
import { locationUrl } from './behaviour';
import type { Response, Behaviour, BehaviourWorld, Location } from './behaviour';

type MakeBehaviour = (world: BehaviourWorld) => Promise<Behaviour>;

type Headers = Readonly<Record<string, string | string[]>>;

/** An image of its own with more headers. */
async function withHeaders(
  world: BehaviourWorld,
  id: string,
  variants: Readonly<Record<string, Headers>>,
): Promise<Behaviour> {
  const locations = Object.entries(variants).map(async ([variant, headers]): Promise<Location> => {
    const response = file(await encodeJpeg(world.image(`${id} ${variant}`), 90), 'image/jpeg', headers);
    return { variant, url: locationUrl(id, `${variant}.jpg`), response };
  });
  return { locations: await Promise.all(locations) };
}

async function imageAt(world: BehaviourWorld, variant: string, url: string): Promise<Location> {
  return { variant, url, response: file(await encodeJpeg(world.image(url), 90)) };
}

const robotsOf = (host: string): string => `http://${host}/robots.txt`;

const STAR = 'star.robots.fixture.test';
const OURS = 'ours.robots.fixture.test';

/** What sites say about who may have their images. */
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
    const [plain] = (await withHeaders(world, 'meta-noai', { page: {} })).locations;
    return { locations: plain === undefined ? [] : [{ ...plain, pageHead: '<meta name=robots content=noimageai>' }] };
  },
  tdm: async (world) => {
    const { locations } = await withHeaders(world, 'tdm', { header: { 'tdm-reservation': '1' } });
    const host = 'tdm.fixture.test';
    const rules = [{ location: '/b/', 'tdm-reservation': 1 }];
    return {
      locations: [...locations, await imageAt(world, 'file', locationUrl('tdm', 'file.jpg', host))],
      others: { [`http://${host}/.well-known/tdmrep.json`]: text(JSON.stringify(rules), 'application/json') },
    };
  },
  'robots-disallow': async (world) => ({
    locations: [
      await imageAt(world, 'private', `http://${STAR}/private/a.jpg`),
      await imageAt(world, 'allowed', `http://${STAR}/private/open/a.jpg`),
      await imageAt(world, 'ours', `http://${OURS}/mine/a.jpg`),
      await imageAt(world, 'not-ours', `http://${OURS}/a.jpg`),
    ],
    others: {
      [robotsOf(STAR)]: text('User-agent: *\nDisallow: /private/\nAllow: /private/open/\n'),
      [robotsOf(OURS)]: text('User-agent: *\nDisallow: /\n\nUser-agent: winnow\nDisallow: /mine/\n'),
    },
  }),
  'robots-delay': async (world) => {
    const host = 'robots-delay.fixture.test';
    return {
      locations: [await imageAt(world, 'slowly', locationUrl('robots-delay', 'slowly.jpg', host))],
      others: { [robotsOf(host)]: text('User-agent: *\nCrawl-delay: 2\n') },
    };
  },
  'robots-5xx': async (world) => {
    const responses: Readonly<Record<string, Response>> = {
      'status-503': status(503),
      'status-404': status(404),
      timeout: hang,
    };
    const hostOf = (variant: string): string => `${variant}.robots.fixture.test`;
    return {
      locations: await Promise.all(
        Object.keys(responses).map((variant) =>
          imageAt(world, variant, locationUrl('robots-5xx', `${variant}.jpg`, hostOf(variant))),
        ),
      ),
      others: Object.fromEntries(
        Object.entries(responses).map(([variant, response]) => [robotsOf(hostOf(variant)), response]),
      ),
    };
  },
} as const satisfies Record<string, MakeBehaviour>;
