import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonReply, startLoopbackServer, textReply } from '@winnow/testing';
import type { HostRequest, Reply } from '@winnow/testing';
import type { BenchImage } from './bench-images';

const ENGINE_HOST = 'api.openverse.org';
const IMAGES_A_HOST = 20;
/** An Openverse query ends after 240 results. */
const IMAGES_A_CLASS = 200;
const PAGE_SIZE = 20;

export interface BenchWeb {
  readonly port: number;
  /** In the order of the images. */
  readonly urls: readonly string[];
  /** Each lists `perClass` images, the last one what is left. */
  readonly classes: readonly string[];
  readonly perClass: number;
  /** For `harvest.resolve`: every host at this server. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Requests for images since it started. */
  imageRequests(): number;
  close(): Promise<void>;
}

/**
 * A web on 127.0.0.1 of images on many hosts and of Openverse's API that lists them. It answers at once and always
 * well, also as an HTTP proxy, for programs that cannot be told where a host is.
 * @param folder of the images
 */
export async function startBenchWeb(folder: string, images: readonly BenchImage[]): Promise<BenchWeb> {
  const perClass = Math.min(IMAGES_A_CLASS, Math.ceil(images.length / 2));
  const urls = images.map(({ file }, index) => `http://${hostOf(index)}/photos/${file}`);
  const classes = Array.from({ length: Math.ceil(images.length / perClass) }, (_, index) => `thing ${index}`);
  const byUrl = new Map(urls.map((url, index) => [url, path.join(folder, images[index]?.file ?? '')]));
  let requests = 0;
  const server = await startLoopbackServer(0, async ({ url }) => {
    if (url.hostname === ENGINE_HOST) return listPage(url, { images, urls, classes, perClass });
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
    imageRequests: () => requests,
    close: server.close,
  };
}

/** Neighbours in the list are on different hosts only by twenties, as results of one site come together. */
function hostOf(index: number): string {
  return `site-${Math.floor(index / IMAGES_A_HOST)}.bench.test`;
}

interface Listing {
  readonly images: readonly BenchImage[];
  readonly urls: readonly string[];
  readonly classes: readonly string[];
  readonly perClass: number;
}

/** `GET /v1/images/` of Openverse for an anonymous client. */
function listPage(url: HostRequest['url'], { images, urls, classes, perClass }: Listing): Reply {
  if (url.pathname !== '/v1/images/') return textReply(404, 'text/plain', 'Not found');
  const label = classes.indexOf(url.searchParams.get('q') ?? '');
  const start = label < 0 ? images.length : label * perClass;
  const count = Math.max(0, Math.min(perClass, images.length - start));
  const page = Number(url.searchParams.get('page') ?? 1);
  const shown = Array.from({ length: PAGE_SIZE }, (_, index) => (page - 1) * PAGE_SIZE + index)
    .filter((rank) => rank < count)
    .map((rank) => start + rank);
  return jsonReply(200, {
    result_count: count,
    page_count: Math.ceil(count / PAGE_SIZE),
    page_size: PAGE_SIZE,
    page,
    results: shown.map((index) => toResult(index, urls[index] ?? '', images[index])),
  });
}

function toResult(index: number, url: string, image: BenchImage | undefined): Record<string, unknown> {
  return {
    id: String(index),
    title: `Image ${index}`,
    foreign_landing_url: new URL(`/posts/${index}.html`, url).href,
    url,
    creator: `Person ${index % 97}`,
    license: 'by',
    license_version: '4.0',
    license_url: 'https://creativecommons.org/licenses/by/4.0/',
    filesize: image?.bytes,
    filetype: 'jpg',
    width: image?.width,
    height: image?.height,
  };
}
