import type { ImageFacets, ImageHolders, ImageWindow } from '@winnow/contracts';
import { buildsHolding } from '@winnow/db';
import { z } from 'zod';
import type { RouteModule, StudioContext } from '../server/studio-context';
import { describeImage } from './image-detail';
import { flag, listQuerySchema, listRequest, scopeOf } from './image-query';
import { tileOf } from './image-tile';
import type { OpenImages } from './studio-images';

const MAX_TILES = 500;

const windowQuerySchema = listQuerySchema.extend({
  from: z.coerce.number().int().min(0).default(0),
  count: z.coerce.number().int().min(1).max(MAX_TILES).default(60),
  /** Without images that a plan of measuring still has to show, and those that people left out. */
  unplanned: flag.default(false),
});
const facetQuerySchema = listQuerySchema.extend({
  /** Part of the values that are wanted, of the facet `facet`. */
  find: z.string().max(200).default(''),
  facet: z.enum(['kind', 'given', 'refined', 'flag', 'license', 'engine', 'host', 'decided']).optional(),
});
const scopeSchema = listQuerySchema.pick({ b: true, s: true });
export const sha256Schema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
/** Up to a hundred digests, with commas. */
export const digestsSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}(?:,[0-9a-f]{64}){0,99}$/) });

/** Lists of images, their facets, and single images. */
export const imageRoutes: RouteModule = (server, context) => {
  server.get('/api/images', async (request): Promise<ImageWindow> => {
    const query = windowQuerySchema.parse(request.query);
    const images = await context.images.open(scopeOf(query));
    const { lists } = images;
    const { total, version, rows } = query.unplanned
      ? await unplannedWindow(context, images, query)
      : lists.window(listRequest(query), query.from, query.count);
    return {
      total,
      of: lists.columns.count,
      version,
      tiles: Array.from(rows, (row, at) => ({ index: query.from + at, ...tileOf(lists.columns, row) })),
    };
  });
  server.get('/api/facets', async (request): Promise<ImageFacets> => {
    const query = facetQuerySchema.parse(request.query);
    const { lists } = await context.images.open(scopeOf(query));
    return lists.facets(listRequest(query), query.facet === undefined ? {} : { [query.facet]: query.find });
  });
  server.get('/api/images/:sha256', (request) => {
    const { sha256 } = sha256Schema.parse(request.params);
    return describeImage(context, scopeOf(scopeSchema.parse(request.query)), sha256);
  });
  server.get('/api/holders', async (request): Promise<ImageHolders> => {
    const digests = digestsSchema.parse(request.query).sha256.split(',');
    return { builds: await context.database.useOrAway((db) => buildsHolding(db, context.config.name, digests)) };
  });
};

async function unplannedWindow(
  { plans, decisions }: StudioContext,
  images: OpenImages,
  query: z.infer<typeof windowQuerySchema>,
): Promise<Pick<ImageWindow, 'total' | 'version'> & { readonly rows: Uint32Array }> {
  const log = await decisions.current();
  const waiting = await plans.waitingRows(images, log);
  const leftOut = await decisions.leftOutRows(images.lists, log);
  const listed = images.lists.list(listRequest(query));
  const rows =
    waiting.size + leftOut.size === 0 ? listed : listed.filter((row) => !waiting.has(row) && !leftOut.has(row));
  const { version } = images.lists;
  return { total: rows.length, version, rows: rows.subarray(query.from, query.from + query.count) };
}
