import type { FastifyReply } from 'fastify';
import { WinnowError } from '@winnow/contracts';
import type { PictureSize } from '@winnow/contracts';
import { IMAGE_ENCODINGS } from '@winnow/columns';
import { z } from 'zod';
import { IMMUTABLE } from '../server/static-page';
import type { RouteModule, StudioContext } from '../server/studio-context';
import { scopeOf } from './image-query';
import { sha256Schema } from './image-routes';

/** Nothing runs in an image that is opened by itself, and nothing is loaded by it. */
const PICTURE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

export const capabilitySchema = z.string().max(100);
const parametersSchema = sha256Schema.extend({
  capability: capabilitySchema,
  size: z.enum(['square', 'original'] satisfies readonly PictureSize[]),
});
const scopeSchema = z.object({ b: z.string().max(100).optional() });

/**
 * Bytes of images, in encodings of our own only: squares as a build wrote them, originals decoded and encoded anew. An
 * `<img>` sends no key, so the address holds a capability of somebody's.
 */
export const pictureRoutes: RouteModule = (server, context) => {
  const { originals } = context;
  server.get('/pic/:capability/:size/:sha256', async (request, reply) => {
    const { size, sha256 } = await pictureParameters(parametersSchema, request.params, context);
    const { lists, shards } = await context.images.open(scopeOf(scopeSchema.parse(request.query)));
    const [row] = lists.rowsOf(sha256);
    const { columns } = lists;
    if (row === undefined) throw new WinnowError('FILE_NOT_FOUND', 'The data set holds no such image');
    if (columns.forgotten[row] === 1) return reply.code(410).send();
    if (size === 'original') return sendPicture(reply, 'jpeg', await originals.read(sha256));
    const bytes = await shards.read({
      shard: columns.lists.shards[columns.shard[row] as number] ?? '',
      offset: columns.offset[row] as number,
      length: columns.length[row] as number,
    });
    const encoding = IMAGE_ENCODINGS[columns.encoding[row] as number] ?? 'imported';
    return encoding === 'imported'
      ? sendPicture(reply, 'jpeg', await originals.encode(bytes))
      : sendPicture(reply, encoding, bytes);
  });
};

/** What the address of an image says. @throws WinnowError FILE_NOT_FOUND where it is none, or holds nobody's capability */
export async function pictureParameters<Parameters extends { readonly capability: string }>(
  schema: z.ZodType<Parameters>,
  parameters: unknown,
  { keys }: Pick<StudioContext, 'keys'>,
): Promise<Parameters> {
  const read = schema.safeParse(parameters);
  if (read.success && (await keys.isCapability(read.data.capability))) return read.data;
  throw noPicture();
}

export function noPicture(): WinnowError {
  return new WinnowError('FILE_NOT_FOUND', 'There is no such image');
}

/** Sends an image of our own encoding. @param caching `cache-control` */
export function sendPicture(
  reply: FastifyReply,
  encoding: 'jpeg' | 'png',
  bytes: Uint8Array,
  caching = IMMUTABLE,
): FastifyReply {
  return reply
    .header('content-security-policy', PICTURE_POLICY)
    .header('cache-control', caching)
    .type(`image/${encoding}`)
    .send(bytes);
}
