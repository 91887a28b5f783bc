import { encodeJpeg } from '@winnow/imaging';
import { file, redirect } from './answers';
import { locationUrl } from './behaviour';
import type { Response, Behaviour, BehaviourWorld, Location } from './behaviour';

type MakeBehaviour = (world: BehaviourWorld) => Promise<Behaviour>;

const image = async (world: BehaviourWorld, name: string): Promise<Response> =>
  file(await encodeJpeg(world.image(name), 90));

/** Where redirects lead that nobody must follow. */
const TARGETS: Readonly<Record<string, (canaryPort: number) => string>> = {
  loopback: (port) => `http://127.0.0.1:${port}/`,
  metadata: () => 'http://169.254.169.254/latest/meta-data/',
  ipv6: (port) => `http://[::1]:${port}/`,
  mapped: (port) => `http://[::ffff:127.0.0.1]:${port}/`,
  hex: (port) => `http://0x7f000001:${port}/`,
  file: () => 'file:///etc/passwd',
};

/** Long, but within what a URL may be. */
const QUERY = `q=${'0123456789abcdef'.repeat(249)}`;

/** Hosts behind a certificate that does not hold for them; the web serves them over TLS. */
export const TLS_HOSTS = { expired: 'expired.tls.fixture.test', 'wrong-name': 'wrong-name.tls.fixture.test' } as const;

async function oddUrls(world: BehaviourWorld): Promise<readonly Location[]> {
  const own = (name: string): string => locationUrl('odd-url', name);
  const international = 'xn--bcher-kva.fixture.test';
  const spellings: Readonly<Record<string, readonly [url: string, ...others: string[]]>> = {
    spaces: [own('two%20words.jpg'), own('two words.jpg'), `  ${own('two words.jpg')}`],
    idn: [locationUrl('odd-url', 'idn.jpg', international), 'http://BÜCHER.fixture.test/b/odd-url/idn.jpg'],
    twice: [own('100%2520.jpg')],
    query: [own(`query.jpg?${QUERY}`)],
    fragment: [own('fragment.jpg'), own('fragment.jpg#top'), own('fragment.jpg?utm_source=feed#end')],
    dots: [own('dots.jpg'), 'HTTP://IMG.fixture.test:80/b/x/../odd-url/./d%6Fts.jpg'],
  };
  return Promise.all(
    Object.entries(spellings).map(async ([variant, [url, ...others]]) => ({
      variant,
      url,
      listed: [url, ...others],
      response: await image(world, `odd ${variant}`),
    })),
  );
}

/** Where images are said to be, and where one is sent instead. */
export const ADDRESS_BEHAVIOURS = {
  'redirect-chain': async (world) => {
    const step = (name: string): string => locationUrl('redirect-chain', name, 'moved.fixture.test');
    return {
      locations: [{ variant: 'start', url: locationUrl('redirect-chain', 'start.jpg'), response: redirect(step('1')) }],
      others: {
        [step('1')]: redirect(step('2')),
        [step('2')]: redirect('/b/redirect-chain/3'),
        [step('3')]: await image(world, 'redirect-chain'),
      },
    };
  },
  'redirect-loop': async () => {
    const [a, b] = [locationUrl('redirect-loop', 'a.jpg'), locationUrl('redirect-loop', 'b.jpg')];
    return { locations: [{ variant: 'a', url: a, response: redirect(b) }], others: { [b]: redirect(a) } };
  },
  'redirect-ssrf': async ({ canaryPort }) => ({
    locations: Object.entries(TARGETS).map(([variant, target]) => ({
      variant,
      url: locationUrl('redirect-ssrf', `${variant}.jpg`),
      response: redirect(target(canaryPort)),
    })),
  }),
  'tls-bad': async (world) => ({
    locations: await Promise.all(
      Object.entries(TLS_HOSTS).map(async ([variant, host]) => ({
        variant,
        url: locationUrl('tls-bad', 'image.jpg', host).replace('http:', 'https:'),
        response: await image(world, 'tls'),
      })),
    ),
  }),
  'cookie-wall': async (world) => {
    const whole = await image(world, 'cookie-wall');
    const url = locationUrl('cookie-wall', 'wall.jpg');
    return {
      locations: [
        {
          variant: 'wall',
          url,
          response: (visit) => {
            if (visit.request.headers.cookie?.includes('pass=1') === true) whole(visit);
            else visit.response.writeHead(302, { location: url, 'set-cookie': 'pass=1; Path=/' }).end();
          },
        },
      ],
    };
  },
  'data-uri': async (world) => ({
    locations: [
      { variant: 'data', url: null, listed: ['data:image/png;base64,iVBORw0KGgo='], response: () => undefined },
      {
        variant: 'no-scheme',
        url: locationUrl('data-uri', 'no-scheme.jpg').replace('http:', 'https:'),
        listed: [locationUrl('data-uri', 'no-scheme.jpg').replace('http:', '')],
        response: await image(world, 'data-uri'),
      },
    ],
  }),
  'odd-url': async (world) => ({ locations: await oddUrls(world) }),
} as const satisfies Record<string, MakeBehaviour>;
