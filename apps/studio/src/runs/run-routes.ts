import { z } from 'zod';
import { capabilitySchema, noPicture, pictureParameters, sendPicture } from '../images/picture-routes';
import type { RouteModule } from '../server/studio-context';
import { ProjectRuns } from './project-runs';
import { TestImages } from './test-images';

const MAX_IMAGES = 500;

/** A run in an address. */
export const runIdSchema = z.string().regex(/^\w[\w.~-]{0,254}$/);
const runSchema = z.object({ id: runIdSchema });
const name = z.string().max(300).optional();
const testImagesSchema = z
  .object({
    runs: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(runIdSchema).min(1).max(2)),
    true: name,
    predicted: name,
    flips: z.enum(['gained', 'lost']).optional(),
    from: z.coerce.number().int().min(0).default(0),
    count: z.coerce.number().int().min(1).max(MAX_IMAGES).default(120),
  })
  .refine(({ runs, flips }) => flips === undefined || runs.length === 2, {
    path: ['flips'],
    message: 'is of two runs: name the second one too',
  });
const pictureSchema = z.object({ capability: capabilitySchema, index: z.string().regex(/^\d{1,9}$/) });

/** For some minutes: an index is one of the present test list. */
const SHORT_LIVED = 'private, max-age=300';

/** Students: listed, followed, compared, and the test images behind their figures. */
export const runRoutes: RouteModule = (server, context) => {
  const runs = new ProjectRuns(context.config);
  const tests = new TestImages(context.config, context.now);
  server.get('/api/runs', () => runs.list());
  server.get('/api/runs/:id', (request) => runs.detail(runSchema.parse(request.params).id));
  server.get('/api/test-images', async (request) => {
    const { runs: ids, flips, ...query } = testImagesSchema.parse(request.query);
    const folders = await Promise.all(ids.map((id) => runs.folderOf(id)));
    return tests.find(folders, { ...query, trueClass: query.true, predictedClass: query.predicted, flips });
  });
  server.get('/pic/:capability/test/:index', async (request, reply) => {
    const { index } = await pictureParameters(pictureSchema, request.params, context);
    const bytes = await tests.read(Number(index));
    if (bytes === null) throw noPicture();
    return sendPicture(reply, 'jpeg', await context.originals.encode(Buffer.from(bytes)), SHORT_LIVED);
  });
};
