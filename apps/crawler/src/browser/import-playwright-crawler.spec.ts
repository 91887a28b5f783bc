import { listeningSockets } from '../spec-support/listening-sockets';
import { startLoopbackServer } from '../spec-support/loopback-server';
import { importPlaywrightCrawler } from './import-playwright-crawler';

describe('importPlaywrightCrawler', () => {
  it('opens no port', async () => {
    const before = listeningSockets();
    const { PlaywrightCrawler, chromium } = await importPlaywrightCrawler();
    expect(PlaywrightCrawler.name).toBe('PlaywrightCrawler');
    expect(chromium.name()).toBe('chromium');
    expect(listeningSockets()).toBe(before);
    const server = await startLoopbackServer((_, response) => response.end());
    // The count sees ports of this process.
    expect(listeningSockets()).toBe(before + 1);
    await server.close();
  });
});
