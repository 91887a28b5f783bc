import type { FastifyReply } from 'fastify';
import { MAP_LAYOUTS, WinnowError } from '@winnow/contracts';
import type { MapSample, StudioLayout } from '@winnow/contracts';
import type { ImageLists } from '@winnow/columns';
import { SeededRandom } from '@winnow/random';
import { z } from 'zod';
import { listQuerySchema, listRequest, scopeOf } from '../images/image-query';
import { tileOf } from '../images/image-tile';
import type { ImageScope } from '../images/studio-images';
import type { RouteModule } from '../server/studio-context';
import { keepPlaced, layoutFacts, mapPoints } from './map-bytes';

const MAX_SAMPLE = 200;

const layout = z.enum(MAP_LAYOUTS).default('triangle');
const scopeSchema = listQuerySchema.pick({ b: true, s: true });
const layoutSchema = scopeSchema.extend({ layout });
const maskSchema = listQuerySchema.extend({ layout });
const sampleSchema = listQuerySchema.extend({
  count: z.coerce.number().int().min(1).max(MAX_SAMPLE).default(60),
  draw: z.coerce.number().int().min(0).default(0),
});

/** The map: where all images of a split lie, which of them a list holds, and some of those. */
export const mapRoutes: RouteModule = (server, { images, projectFile }) => {
  const open = async (scope: ImageScope): Promise<ImageLists> => {
    const { lists, split } = await images.open(scope);
    if (split !== null) return lists;
    const next = `Run \`winnow split ${projectFile}\`.`;
    throw new WinnowError('MISSING_INPUT', 'The data set has no split, by which the map places its images', { next });
  };
  server.get('/api/map/points', async (request, reply) => {
    const query = layoutSchema.parse(request.query);
    const { columns } = await open({ ...scopeOf(query), layout: query.layout });
    return sendBytes(reply, mapPoints(columns, query.layout));
  });
  server.get('/api/map/layout', async (request): Promise<StudioLayout> => {
    const { columns } = await open({ ...scopeOf(scopeSchema.parse(request.query)), layout: 'neighbours' });
    return { layout: layoutFacts(columns) };
  });
  server.get('/api/map/states', async (request, reply) => {
    const { columns } = await open(scopeOf(scopeSchema.parse(request.query)));
    return sendBytes(reply, Buffer.from(columns.state));
  });
  server.get('/api/map/mask', async (request, reply) => {
    const query = maskSchema.parse(request.query);
    const scope = scopeOf(query);
    const lists = await open(query.layout === 'neighbours' ? { ...scope, layout: query.layout } : scope);
    return sendBytes(reply, Buffer.from(keepPlaced(lists.bits(listRequest(query)), lists.columns, query.layout)));
  });
  server.get('/api/map/sample', async (request): Promise<MapSample> => {
    const { count, draw, ...query } = sampleSchema.parse(request.query);
    const lists = await open(scopeOf(query));
    const rows = lists.list({ ...listRequest(query), sort: 'position', isDescending: false });
    const places = drawPlaces(rows.length, count, new SeededRandom(`map ${draw}`));
    return {
      total: rows.length,
      tiles: places.map((index) => ({ index, ...tileOf(lists.columns, rows[index] as number) })),
    };
  });
};

function sendBytes(reply: FastifyReply, bytes: Buffer): FastifyReply {
  return reply.type('application/octet-stream').send(bytes);
}

/** So many different places below `total`, ascending; all of them where there are no more. */
function drawPlaces(total: number, count: number, random: SeededRandom): readonly number[] {
  if (total <= count) return Array.from({ length: total }, (_, place) => place);
  const places = new Set<number>();
  while (places.size < count) places.add(random.int(total));
  return [...places].sort((a, b) => a - b);
}
