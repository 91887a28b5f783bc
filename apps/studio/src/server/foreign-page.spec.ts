import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright';
import type { Browser } from 'playwright';
import { hasTestBrowser, TEST_BROWSER } from '@winnow/testing';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const itInChromium = hasTestBrowser ? it : it.skip;

let project: StudioProject;
let studio: StudioUnderTest;
let foreign: Server;
let browser: Browser | undefined;
/** Methods and addresses that reached a route. */
const reached: string[] = [];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  studio = await openNewStudio();
  ({ project } = studio);
  studio.server.addHook('preHandler', async ({ method, url }) => void reached.push(`${method} ${url}`));
  await studio.server.listen({ host: '127.0.0.1', port: 0 });
  foreign = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>another page</title>'),
  );
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  if (hasTestBrowser) browser = await chromium.launch(TEST_BROWSER);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  foreign.close();
  await studio.close();
});

/** What a page of another port comes to, that somehow knows the key and the capability. Runs in the browser. */
const ATTACK = async ([origin, key, picture]: readonly [string, string, string]): Promise<Record<string, string>> => {
  const { document, fetch } = globalThis as unknown as {
    document: {
      createElement(name: string): Record<string, unknown> & { onload: unknown; onerror: unknown };
      body: { append(element: unknown): void };
    };
    fetch(url: string, options?: object): Promise<{ text(): Promise<string>; type: string }>;
  };
  const asked = (url: string, options: object): Promise<string> =>
    fetch(`${origin}${url}`, options)
      .then(async (response) => `${response.type}: ${await response.text()}`)
      .catch(() => 'failed');
  const element = (name: string, attributes: object): Promise<string> =>
    new Promise((resolve) => {
      const made = document.createElement(name);
      made.onload = () => resolve('loaded');
      made.onerror = () => resolve('failed');
      document.body.append(Object.assign(made, attributes));
    });
  const authorization = `Bearer ${key}`;
  return {
    read: await asked('/api/project', { headers: { authorization } }),
    readBlindly: await asked('/api/project', { mode: 'no-cors' }),
    plainPost: await asked('/api/spec-echo', { method: 'POST', mode: 'no-cors', body: '{}' }),
    jsonPost: await asked('/api/spec-echo', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{}',
    }),
    image: await element('img', { src: `${origin}${picture}` }),
    script: await element('script', { src: `${origin}/api/project` }),
    style: await element('link', { rel: 'stylesheet', href: `${origin}/` }),
  };
};

describe('a page of another origin', () => {
  itInChromium.each(['127.0.0.1', 'localhost'])('reads, embeds and starts nothing: from %s', async (name) => {
    const page = await (browser as Browser).newPage();
    await page.goto(`http://${name}:${portOf(foreign)}/`);
    reached.length = 0;
    const { capability } = (await studio.ask('/api/project')).body as { capability: string };
    reached.length = 0;
    const origin = `http://127.0.0.1:${portOf(studio.server.server)}`;
    const picture = `/pic/${capability}/square/${project.digests[0]}`;
    const outcome = await page.evaluate(ATTACK, [origin, studio.key, picture] as const);
    expect(outcome).toEqual({
      ...{ read: 'failed', readBlindly: 'failed', plainPost: 'failed', jsonPost: 'failed' },
      ...{ image: 'failed', script: 'failed', style: 'failed' },
    });
    expect(reached).toEqual([]);
    await page.close();
  });

  itInChromium('shows none of it in a frame', async () => {
    const page = await (browser as Browser).newPage();
    await page.goto(`http://127.0.0.1:${portOf(foreign)}/`);
    reached.length = 0;
    const origin = `http://127.0.0.1:${portOf(studio.server.server)}`;
    await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.onload = resolve;
      frame.src = ${JSON.stringify(origin)};
      document.body.append(frame);
    })`);
    const texts = await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')));
    expect(texts.filter((text) => text.includes('studio'))).toEqual([]);
    expect(reached).toEqual([]);
    await page.close();
  });

  itInChromium('may link to it: then a person is there, without a key', async () => {
    const page = await (browser as Browser).newPage();
    await page.goto(`http://127.0.0.1:${portOf(foreign)}/`);
    const origin = `http://127.0.0.1:${portOf(studio.server.server)}`;
    await page.evaluate(`location.href = ${JSON.stringify(origin)}`).catch(() => undefined);
    await page.waitForURL(`${origin}/`);
    expect(await page.title()).toBe('winnow studio');
    await page.close();
  });
});
