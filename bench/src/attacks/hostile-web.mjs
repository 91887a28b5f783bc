import { EventEmitter, once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const PAGE_SIZE = 20;

/**
 * A web on 127.0.0.1 whose image hosts may answer what they like; an Openverse lists their images under every query.
 * It runs in the process of the attack, so that none of its work counts for the one that is measured.
 * @param {Record<string, (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void>} hosts
 *   by name; a handler gets every request of its host, /robots.txt too, and may write raw bytes to `response.socket`
 * @param {readonly string[]} imageUrls that are listed, in this order
 * @returns {Promise<{ harvest: object, requests: string[], nextRequest: () => Promise<unknown>, close(): void }>} harvest: settings of a project that
 *   crawls it; nextRequest: until a request comes, as `begin` of measureWinnow
 */
export async function startHostileWeb(hosts, imageUrls) {
  const requests = [];
  const arrivals = new EventEmitter();
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').toLowerCase();
    arrivals.emit('request');
    requests.push(`${host}${request.url}`);
    response.on('error', () => undefined);
    if (host === 'api.openverse.org') list(request, response, imageUrls);
    else if (hosts[host] === undefined) response.writeHead(404).end();
    else hosts[host](request, response);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `127.0.0.1:${server.address().port}`;
  return {
    harvest: {
      engines: ['openverse'],
      perClass: imageUrls.length,
      delayMillis: 0,

      resolve: Object.fromEntries(['api.openverse.org', ...Object.keys(hosts)].map((host) => [host, at])),
    },
    requests,
    nextRequest: () => once(arrivals, 'request'),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Writes a project that crawls the web. @returns its file */
export function writeProject(folder, web) {
  const file = path.join(folder, 'project.json');
  const classes = ['thing', 'other'].map((name) => ({ name, queries: [name] }));
  writeFileSync(file, JSON.stringify({ name: 'attack', classes, harvest: web.harvest }));
  return file;
}

/** What `crawl --json` counted, in words. */
export function outcomesOf({ stdout }) {
  try {
    const { outcomes, error } = JSON.parse(stdout);
    return (
      error?.message ??
      Object.entries(outcomes)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')
    );
  } catch {
    return 'no result';
  }
}

/** What a host without rules answers to /robots.txt. */
export function noRobots(request, response) {
  if (request.url !== '/robots.txt') return false;
  response.writeHead(404).end();
  return true;
}

function list(request, response, imageUrls) {
  const url = new URL(request.url, 'http://api.openverse.org');
  const page = Number(url.searchParams.get('page') ?? 1);
  if (url.pathname !== '/v1/images/') return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'application/json' });
  const body = {
    result_count: imageUrls.length,
    page_count: Math.ceil(imageUrls.length / PAGE_SIZE),
    page_size: PAGE_SIZE,
    page,
    results: imageUrls.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(toResult),
  };
  return response.end(JSON.stringify(body));
}

function toResult(url, index) {
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    title: `Image ${index}`,
    foreign_landing_url: new URL('/page', url).href,
    url,
    creator: 'someone',
    license: 'cc0',
    license_version: '1.0',
    license_url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    provider: 'attack',
    source: 'attack',
    filetype: 'jpg',
    mature: false,
    width: 640,
    height: 480,
  };
}

/**
 * One crawl of images that one host gives away, with a state folder of its own.
 * @param {readonly Uint8Array[]} images
 * @returns {Promise<object>} what was measured, and the outcomes
 */
export async function crawlImages(images, { folder, winnow }) {
  const cwd = mkdtempSync(path.join(folder, 'crawl-'));
  const hostile = (request, response) => {
    const image = images[Number(/^\/(\d+)$/.exec(request.url)?.[1])];
    if (noRobots(request, response)) return;
    if (image === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(image);
  };
  const urls = images.map((_, index) => `http://a.test/${index}`);
  const web = await startHostileWeb({ 'a.test': hostile }, urls);
  try {
    const measured = await winnow(['crawl', writeProject(cwd, web), '--json'], {
      cwd,
      begin: web.nextRequest(),
      timeoutSeconds: 300,
    });
    return { ...measured, outcome: outcomesOf(measured) };
  } finally {
    web.close();
  }
}
