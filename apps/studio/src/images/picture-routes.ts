import type { FastifyReply } from 'fastify';
import { WinnowError } from '@winnow/contracts';
import type { PictureSize } from '@winnow/contracts';
import { IMAGE_ENCODINGS } from '@winnow/columns';
import { z } from 'zod';
import { IMMUTABLE } from '../server/static-page';
import type { RouteModule } from '../server/studio-context';
import { scopeOf } from './image-query';
import { sha256Schema } from './image-routes';
import { OriginalPictures } from './original-pictures';

/** Nothing runs in an image that is opened by itself, and nothing is loaded by it. */
const PICTURE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

const parametersSchema = sha256Schema.extend({
  capability: z.string().max(100),
  size: z.enum(['square', 'original'] satisfies readonly PictureSize[]),
});
const scopeSchema = z.object({ b: z.string().max(100).optional() });

/**
 * Bytes of images, in encodings of our own only: squares as a build wrote them, originals decoded and encoded anew. An
 * `<img>` sends no key, so the address holds a capability of somebody's.
 */
export const pictureRoutes: RouteModule = (server, context) => {
  const originals = new OriginalPictures(context.config.paths.blobs, context.signal);
  server.get('/pic/:capability/:size/:sha256', async (request, reply) => {
    const parameters = parametersSchema.safeParse(request.params);
    const isAllowed = parameters.success && (await context.keys.isCapability(parameters.data.capability));
    if (!isAllowed) throw new WinnowError('FILE_NOT_FOUND', 'There is no such image');
    const { size, sha256 } = parameters.data;
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
