import { postListSchema, WinnowError } from '@winnow/contracts';
import type { ListImported } from '@winnow/contracts';
import { listQuerySchema, listRequest, scopeOf } from '../images/image-query';
import type { RouteModule } from '../server/studio-context';
import { importList, splitListText } from './split-lists';

/** A list of web7's 26,666 images has 3 MB. */
const MAX_LIST_BYTES = 64 << 20;

/** Decisions as the CSV that `winnow split --list` writes and `split.corrections` reads. */
export const listRoutes: RouteModule = (server, { config, database, decisions, images, now }) => {
  server.get('/api/list', async (request, reply) => {
    const query = listQuerySchema.parse(request.query);
    const { build, split, lists } = await images.open(scopeOf(query));
    if (split === null) {
      throw new WinnowError('MISSING_INPUT', 'The data set has not been split yet', {
        next: 'Run `winnow split` first.',
      });
    }
    const of = { buildId: build.id, splitId: split.id, isListed: lists.membership(listRequest(query)) };
    const text = await database.useOnceThere((db) => splitListText(db, config, of));
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="split-${split.id}.csv"`)
      .send(text);
  });
  server.post('/api/list', { bodyLimit: MAX_LIST_BYTES }, async (request): Promise<ListImported> => {
    const { name, csv } = postListSchema.parse(request.body);
    const imported = await database.useOnceThere((db) => importList(db, config, { name, csv, at: now() }));
    await decisions.current();
    return imported;
  });
};
