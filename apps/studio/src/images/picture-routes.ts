import type { FastifyReply } from 'fastify';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { ErrorCode, ImageSquares, PictureSize } from '@winnow/contracts';
import { IMAGE_ENCODINGS } from '@winnow/columns';
import { sniffFormat } from '@winnow/imaging';
import { z } from 'zod';
import { IMMUTABLE } from '../server/static-page';
import type { RouteModule, StudioContext } from '../server/studio-context';
import { scopeOf } from './image-query';
import { digestsSchema, sha256Schema } from './image-routes';
import type { OpenImages } from './studio-images';

/** Nothing runs in an image that is opened by itself, and nothing is loaded by it. */
const PICTURE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

const SQUARES_AT_ONCE = 8;
/** Of an answer, characters: more than a page reads in one go without being felt. */
const MAX_SQUARES_LENGTH = 4e6;

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
  server.get('/pic/:capability/:size/:sha256', async (request, reply) => {
    const { size, sha256 } = await pictureParameters(parametersSchema, request.params, context);
    const images = await context.images.open(scopeOf(scopeSchema.parse(request.query)));
    const [row] = images.lists.rowsOf(sha256);
    if (row === undefined) throw new WinnowError('FILE_NOT_FOUND', 'The data set holds no such image');
    if (images.lists.columns.forgotten[row] === 1) return reply.code(410).send();
    if (size === 'original') return sendPicture(reply, 'jpeg', await context.originals.read(sha256));
    const { encoding, bytes } = await readSquare(context, images, row);
    return sendPicture(reply, encoding, bytes);
  });
  server.get('/api/squares', async (request): Promise<ImageSquares> => {
    const images = await context.images.open(scopeOf(scopeSchema.parse(request.query)));
    const digests = digestsSchema.parse(request.query).sha256.split(',');
    const squares: (string | null)[] = [];
    for (let length = 0; squares.length < digests.length && length < MAX_SQUARES_LENGTH;) {
      const next = digests.slice(squares.length, squares.length + SQUARES_AT_ONCE);
      const found = await Promise.all(next.map((sha256) => squareAddress(context, images, sha256)));
      for (const square of found) length += square?.length ?? 0;
      squares.push(...found);
    }
    return { squares };
  });
};

interface Square {
  readonly encoding: 'jpeg' | 'png';
  readonly bytes: Buffer;
}

/**
 * What a data set holds of an image.
 * @throws as ShardReader.read and OriginalPictures.encode; WinnowError DATA_CORRUPT for bytes that are no image of ours: browsers would
 *   keep them beyond the build that mends the shard
 */
async function readSquare(
  { originals }: Pick<StudioContext, 'originals'>,
  { lists: { columns }, shards }: OpenImages,
  row: number,
): Promise<Square> {
  const bytes = await shards.read({
    shard: columns.lists.shards[columns.shard[row] as number] ?? '',
    offset: columns.offset[row] as number,
    length: columns.length[row] as number,
  });
  const encoding = IMAGE_ENCODINGS[columns.encoding[row] as number] ?? 'imported';
  if (encoding === 'imported') return { encoding: 'jpeg', bytes: await originals.encode(bytes) };
  if (sniffFormat(bytes) === encoding) return { encoding, bytes };
  throw new WinnowError('DATA_CORRUPT', 'The shard does not hold this image any more', {
    next: 'Run `winnow verify PROJECT`, which says what is damaged.',
  });
}

const UNSHOWABLE: readonly ErrorCode[] = ['DATA_CORRUPT', 'FILE_NOT_FOUND', 'IMAGE_UNREADABLE'];

/** @returns a `data:` address; null where the data set has no such image, it was to be forgotten or cannot be shown */
async function squareAddress(context: StudioContext, images: OpenImages, sha256: string): Promise<string | null> {
  const [row] = images.lists.rowsOf(sha256);
  if (row === undefined || images.lists.columns.forgotten[row] === 1) return null;
  try {
    const { encoding, bytes } = await readSquare(context, images, row);
    return `data:image/${encoding};base64,${bytes.toString('base64')}`;
  } catch (error) {
    if (isWinnowError(error) && UNSHOWABLE.includes(error.code)) return null;
    throw error;
  }
}

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
