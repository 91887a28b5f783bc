import { encodeJpeg } from '@winnow/imaging';
import { gzipBomb } from '../hosts/gzip-bomb';
import { pixelBomb } from '../hosts/pixel-bomb';
import type { ImageRequest } from '../hosts/file-reply';
import { endless, file, hang, inTurn, reset, status, text } from './answers';
import { pageUrlOf, locationUrl } from './behaviour';
import type { Response, Behaviour, BehaviourWorld, Location } from './behaviour';

type MakeBehaviour = (world: BehaviourWorld) => Promise<Behaviour>;

const LOGIN = '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';
const SVG =
  '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY leak SYSTEM "file:///etc/passwd">]>' +
  '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><script>alert(1)</script><text>&leak;</text></svg>';
const SPARE_MILLIS = 2000;

function location(id: string, variant: string, response: Response, host?: string): Location {
  return { variant, url: locationUrl(id, `${variant}.jpg`, host), response };
}

/** Behaviours of one host that has no other, as what it asks for holds for all of it. */
function ownHost(id: string, response: Response): Behaviour {
  return { locations: [location(id, 'image', response, `${id}.fixture.test`)] };
}

const imageOf = async (world: BehaviourWorld, name: string): Promise<Uint8Array> => encodeJpeg(world.image(name), 90);
const imageFile = async (world: BehaviourWorld, name: string): Promise<Response> => file(await imageOf(world, name));

/** The image for whoever comes from its page. */
async function hotlink(world: BehaviourWorld): Promise<Response> {
  const whole = await imageFile(world, 'hotlink');
  return (visit) => (visit.request.headers.referer === pageUrlOf('forbidden', 'referer') ? whole : status(403))(visit);
}

const served =
  (bytes: Uint8Array, headers: Readonly<Record<string, string>>): Response =>
  ({ response }) =>
    void response.writeHead(200, headers).end(bytes);

const bytesOf = (reply: { readonly body: unknown }): Uint8Array => reply.body as Uint8Array;

/** Answers that are no image, or not all of it, or too much. */
export const FAULT_BEHAVIOURS = {
  'html-as-jpg': async () => ({ locations: [location('html-as-jpg', 'login', text(LOGIN, 'image/jpeg'))] }),
  empty: async () => ({
    locations: [
      location('empty', 'nothing', ({ response }) => void response.writeHead(200, { 'content-length': '0' }).end()),
    ],
  }),
  gone: async () => ({
    locations: [location('gone', 'status-404', status(404)), location('gone', 'status-410', status(410))],
  }),
  forbidden: async (world) => ({
    locations: [location('forbidden', 'referer', await hotlink(world)), location('forbidden', 'always', status(403))],
  }),
  rate: async (world) => {
    const busy = status(429, { 'retry-after': '2' });
    return ownHost('rate', inTurn(busy, busy, await imageFile(world, 'rate')));
  },
  'rate-date': async (world) => {
    const busy: Response = (visit) => {
      const date = new Date(Date.now() + SPARE_MILLIS).toUTCString();
      status(429, { 'retry-after': date })(visit);
    };
    return ownHost('rate-date', inTurn(busy, await imageFile(world, 'rate-date')));
  },
  flaky: async (world) => ownHost('flaky', inTurn(status(503), reset, await imageFile(world, 'flaky'))),
  drip: async () => ownHost('drip', endless(Uint8Array.of(0xff), 1000)),
  'no-first-byte': async () => ownHost('no-first-byte', hang),
  'oversize-declared': async () => ({
    locations: [
      location('oversize-declared', 'declared', ({ response }) => {
        response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': '500000000' }).flushHeaders();
      }),
    ],
  }),
  'oversize-chunked': async () => ({
    locations: [location('oversize-chunked', 'endless', endless(Buffer.alloc(65_536), 1))],
  }),
  'gzip-bomb': async () => ({
    locations: [
      location(
        'gzip-bomb',
        'zeros',
        served(bytesOf(gzipBomb({} as ImageRequest)), { 'content-type': 'image/jpeg', 'content-encoding': 'gzip' }),
      ),
    ],
  }),
  truncated: async (world) => {
    const whole = await imageOf(world, 'truncated');
    const part = whole.subarray(0, Math.floor(whole.length * 0.6));
    const headers = { 'content-type': 'image/jpeg' };
    return {
      locations: [
        location('truncated', 'right-length', served(part, { ...headers, 'content-length': String(part.length) })),
        location('truncated', 'wrong-length', ({ response }) => {
          response.writeHead(200, { ...headers, 'content-length': String(whole.length) });
          response.write(part, () => response.destroy());
        }),
      ],
    };
  },
  'pixel-bomb': async () => ({
    locations: [
      location('pixel-bomb', 'huge', served(bytesOf(pixelBomb({} as ImageRequest)), { 'content-type': 'image/png' })),
    ],
  }),
  svg: async () => ({ locations: [location('svg', 'script', text(SVG, 'image/svg+xml'))] }),
  etag: async (world) => {
    const bytes = await imageOf(world, 'etag');
    const whole = file(bytes, 'image/jpeg', { etag: '"the-one"' });
    const known = status(304, { etag: '"the-one"' });
    return {
      locations: [
        location('etag', 'same', (visit) =>
          (visit.request.headers['if-none-match'] === '"the-one"' ? known : whole)(visit),
        ),
      ],
    };
  },
  drifted: async (world) => {
    const [before, after] = [await imageFile(world, 'drifted 1'), await imageFile(world, 'drifted 2')];
    return { locations: [location('drifted', 'changing', (visit) => (visit.round === 1 ? before : after)(visit))] };
  },
} as const satisfies Record<string, MakeBehaviour>;
