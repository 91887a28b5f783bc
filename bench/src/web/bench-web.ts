import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonReply, startLoopbackServer, textReply } from '@winnow/testing';
import type { HostRequest, Reply } from '@winnow/testing';
import type { BenchImage } from './bench-images';

const ENGINE_HOST = 'api.openverse.org';
const PICTURES_A_HOST = 20;
/** An Openverse query ends after 240 results. */
const PICTURES_A_CLASS = 200;
const PAGE_SIZE = 20;

export interface BenchWeb {
  readonly port: number;
  /** In the order of the pictures. */
  readonly urls: readonly string[];
  /** Each lists `perClass` pictures, the last one what is left. */
  readonly classes: readonly string[];
  readonly perClass: number;
  /** For `harvest.resolve`: every host at this server. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Requests for pictures since it started. */
  pictureRequests(): number;
  close(): Promise<void>;
}

/**
 * A web on 127.0.0.1 of pictures on many hosts and of Openverse's API that lists them. It answers at once and always
 * well, also as an HTTP proxy, for programs that cannot be told where a host is.
 * @param folder of the pictures
 */
export async function startBenchWeb(folder: string, pictures: readonly BenchImage[]): Promise<BenchWeb> {
  const perClass = Math.min(PICTURES_A_CLASS, Math.ceil(pictures.length / 2));
  const urls = pictures.map(({ file }, index) => `http://${hostOf(index)}/photos/${file}`);
  const classes = Array.from({ length: Math.ceil(pictures.length / perClass) }, (_, index) => `thing ${index}`);
  const byUrl = new Map(urls.map((url, index) => [url, path.join(folder, pictures[index]?.file ?? '')]));
  let requests = 0;
  const server = await startLoopbackServer(0, async ({ url }) => {
    if (url.hostname === ENGINE_HOST) return listPage(url, { pictures, urls, classes, perClass });
    const file = byUrl.get(`http://${url.hostname}${url.pathname}`);
    if (file === undefined) return textReply(404, 'text/plain', 'Not found');
    requests += 1;
    return { status: 200, headers: { 'content-type': 'image/jpeg' }, body: await readFile(file) };
  });
  const hosts = [ENGINE_HOST, ...new Set(urls.map((url) => new URL(url).hostname))];
  return {
    port: server.port,
    urls,
    classes,
    perClass,
    resolve: Object.fromEntries(hosts.map((host) => [host, `127.0.0.1:${server.port}`])),
    pictureRequests: () => requests,
    close: server.close,
  };
}

/** Neighbours in the list are on different hosts only by twenties, as results of one site come together. */
function hostOf(index: number): string {
  return `site-${Math.floor(index / PICTURES_A_HOST)}.bench.test`;
}

interface Listing {
  readonly pictures: readonly BenchImage[];
  readonly urls: readonly string[];
  readonly classes: readonly string[];
  readonly perClass: number;
}

/** `GET /v1/images/` of Openverse for an anonymous client. */
function listPage(url: HostRequest['url'], { pictures, urls, classes, perClass }: Listing): Reply {
  if (url.pathname !== '/v1/images/') return textReply(404, 'text/plain', 'Not found');
  const label = classes.indexOf(url.searchParams.get('q') ?? '');
  const start = label < 0 ? pictures.length : label * perClass;
  const count = Math.max(0, Math.min(perClass, pictures.length - start));
  const page = Number(url.searchParams.get('page') ?? 1);
  const shown = Array.from({ length: PAGE_SIZE }, (_, index) => (page - 1) * PAGE_SIZE + index)
    .filter((rank) => rank < count)
    .map((rank) => start + rank);
  return jsonReply(200, {
    result_count: count,
    page_count: Math.ceil(count / PAGE_SIZE),
    page_size: PAGE_SIZE,
    page,
    results: shown.map((index) => toResult(index, urls[index] ?? '', pictures[index])),
  });
}

function toResult(index: number, url: string, picture: BenchImage | undefined): Record<string, unknown> {
  return {
    id: String(index),
    title: `Picture ${index}`,
    foreign_landing_url: new URL(`/posts/${index}.html`, url).href,
    url,
    creator: `Person ${index % 97}`,
    license: 'by',
    license_version: '4.0',
    license_url: 'https://creativecommons.org/licenses/by/4.0/',
    filesize: picture?.bytes,
    filetype: 'jpg',
    width: picture?.width,
    height: picture?.height,
  };
}
