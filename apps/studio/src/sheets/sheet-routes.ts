import type { StudioSheets } from '@winnow/contracts';
import { NO_KIND } from '@winnow/columns';
import { sheetError, sheetGroups } from '@winnow/review';
import { listQuerySchema, listRequest, scopeOf } from '../images/image-query';
import type { RouteModule } from '../server/studio-context';

const MAX_GROUPS = 200;

/** Groups of undecided images of which the split says the same. */
export const sheetRoutes: RouteModule = (server, context) => {
  server.get('/api/sheets', async (request): Promise<StudioSheets> => {
    const query = listQuerySchema.parse(request.query);
    const images = await context.images.open(scopeOf(query));
    const log = await context.decisions.current();
    const checks = sheetError(await context.decisions.sheetChecks(log));
    if (images.split === null) return { groups: [], checks };
    const { lists } = images;
    const planned = await context.plans.waitingRows(images, log);
    const leftOut = await context.decisions.leftOutRows(lists, log);
    const { kind, given, refined, state, forgotten } = lists.columns;
    const isListed = new Uint8Array(lists.columns.count);
    for (const row of lists.list(listRequest(query))) isListed[row] = 1;
    const groups = sheetGroups({
      kinds: kind,
      labels: given,
      refinedLabels: refined,
      probabilities: new Float32Array(0),
      isDecided: (row) =>
        isListed[row] === 0 ||
        state[row] !== 0 ||
        forgotten[row] === 1 ||
        kind[row] === NO_KIND ||
        planned.has(row) ||
        leftOut.has(row),
    });
    const counted = groups.slice(0, MAX_GROUPS).map(({ groupSize, ...group }) => ({ ...group, count: groupSize }));
    return { groups: counted, checks };
  });
};
