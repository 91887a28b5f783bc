import type { FastifyReply } from 'fastify';
import { SQUARE_POLICIES, WinnowError } from '@winnow/contracts';
import type { StudioTry } from '@winnow/contracts';
import { decodeReduced, USER_IMAGE_LIMITS } from '@winnow/imaging';
import { readTestLogits } from '@winnow/runs';
import { z } from 'zod';
import { ProjectRuns } from '../runs/project-runs';
import { runIdSchema } from '../runs/run-routes';
import { TestImages } from '../runs/test-images';
import type { RouteModule } from '../server/studio-context';
import { ownProgram } from '../steps/winnow-program';
import { askPredict } from './ask-predict';
import { readStudentWeights, weightsBytesOf } from './student-weights';
import { surestMistakes, testLogits } from './surest-mistakes';

const MAX_MISTAKES = 50;
/** Photographs of 100 megapixels are of about that size. */
const MAX_IMAGE_BYTES = 64 << 20;
const MAX_SQUARES = 500;
const MAX_SIDE = 1024;
const MAX_PIXELS = 1 << 24;

const runSchema = z.object({ run: runIdSchema });
const squareSchema = z.object({
  size: z.coerce.number().int().min(1).max(MAX_SIDE),
  policy: z.enum(SQUARE_POLICIES),
});
const squaresSchema = squareSchema
  .extend({
    from: z.coerce.number().int().min(0),
    count: z.coerce.number().int().min(1).max(MAX_SQUARES).default(1),
  })
  .refine(({ size, count }) => size * size * count <= MAX_PIXELS, { message: 'These are too many at once.' });
const checkSchema = z.object({ test: z.coerce.number().int().min(0).optional() });

/**
 * Students in browsers: weights, what they get wrong, squares of test images without loss, and what `winnow predict` says.
 * Images that are sent here are in memory alone.
 */
export const tryRoutes: RouteModule = (server, context) => {
  const runs = new ProjectRuns(context.config);
  const tests = new TestImages(context.config, context.now);
  const program = ownProgram();
  const testImage = async (index: number): Promise<Buffer> => {
    const bytes = await tests.read(index);
    if (bytes === null) throw new WinnowError('FILE_NOT_FOUND', `There is no test image ${index}`);
    return Buffer.from(bytes);
  };
  server.get('/api/try/:run', async (request) => {
    const id = runSchema.parse(request.params).run;
    const [{ name }, folder] = await Promise.all([runs.detail(id), runs.folderOf(id)]);
    return describeTry({ id, name, folder }, tests);
  });
  server.get('/api/try/:run/weights', async (request, reply) => {
    const { folder, manifest } = await runs.recordOf(runSchema.parse(request.params).run);
    return sendBytes(reply, await readStudentWeights(folder, manifest.weights?.sha256));
  });
  server.get('/api/try-squares', async (request, reply) => {
    const { size, policy, from, count } = squaresSchema.parse(request.query);
    const squares: Uint8Array[] = [];
    for (let index = from; index < from + count; index += 1) {
      squares.push(await squareOf(await testImage(index), { size, policy, signal: context.signal }));
    }
    return sendBytes(reply, Buffer.concat(squares));
  });
  void server.register((scope, _options, done) => {
    scope.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    const options = { bodyLimit: MAX_IMAGE_BYTES, config: { changesNothing: true } };
    scope.post('/api/try-square', options, async (request, reply) => {
      const square = squareSchema.parse(request.query);
      return sendBytes(reply, await squareOf(imageIn(request.body), { ...square, signal: context.signal }));
    });
    scope.post('/api/try/:run/predict', options, async (request) => {
      const folder = await runs.folderOf(runSchema.parse(request.params).run);
      const { test } = checkSchema.parse(request.query);
      const image = test === undefined ? imageIn(request.body) : await testImage(test);
      return askPredict(program, { folder, image, signal: context.signal });
    });
    done();
  });
};

function imageIn(body: unknown): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new WinnowError('USAGE', 'An image is sent as application/octet-stream');
}

/** As `winnow predict` makes it: RGB, [size, size, 3]. @throws WinnowError IMAGE_UNREADABLE, INTERRUPTED */
async function squareOf(
  image: Buffer,
  { size, policy, signal }: z.infer<typeof squareSchema> & { readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const square = await decodeReduced(image, USER_IMAGE_LIMITS, { kind: 'resize', size, policy }, signal);
  if (square.ok) return square.image.data;
  throw new WinnowError('IMAGE_UNREADABLE', `The image cannot be used, ${square.outcome}: ${square.detail}`);
}

async function describeTry(
  { id, name, folder }: { readonly id: string; readonly name: string; readonly folder: string },
  tests: TestImages,
): Promise<StudioTry> {
  const weightsBytes = await weightsBytesOf(folder);
  const kept = await readTestLogits(folder);
  const files = await tests.listOf(kept?.answers.listDigest ?? null);
  if (kept === null || typeof files === 'string') {
    return { id, name, weightsBytes, temperature: null, mistakes: [], mistakesMissing: files as string };
  }
  // Loaded when it is needed: a studio starts without.
  const { fitTemperature } = await import('@winnow/noise');
  const answered = testLogits(kept);
  const { labels, classes } = answered.answers;
  const temperature = labels.length === 0 ? null : fitTemperature(answered.logits, labels, classes.length);
  return {
    id,
    name,
    weightsBytes,
    temperature,
    mistakes: surestMistakes(answered, files, { count: MAX_MISTAKES, temperature: temperature ?? 1 }),
    mistakesMissing: null,
  };
}

function sendBytes(reply: FastifyReply, bytes: Buffer | Uint8Array): FastifyReply {
  return reply.type('application/octet-stream').send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
