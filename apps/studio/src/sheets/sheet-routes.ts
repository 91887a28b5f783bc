import type { StudioSheets } from '@winnow/contracts';
import { NO_KIND } from '@winnow/columns';
import { sheetGroups } from '@winnow/review';
import { listQuerySchema, scopeOf } from '../images/image-query';
import type { RouteModule } from '../server/studio-context';

const MAX_GROUPS = 200;
const scopeSchema = listQuerySchema.pick({ b: true, s: true });

/** Groups of undecided images of which the split says the same. */
export const sheetRoutes: RouteModule = (server, context) => {
  server.get('/api/sheets', async (request): Promise<StudioSheets> => {
    const { lists, split } = await context.images.open(scopeOf(scopeSchema.parse(request.query)));
    if (split === null) return { groups: [] };
    const { kind, given, refined, state, forgotten } = lists.columns;
    const groups = sheetGroups({
      kinds: kind,
      labels: given,
      refinedLabels: refined,
      probabilities: new Float32Array(0),
      isDecided: (row) => state[row] !== 0 || forgotten[row] === 1 || kind[row] === NO_KIND,
    });
    return { groups: groups.slice(0, MAX_GROUPS).map(({ groupSize, ...group }) => ({ ...group, count: groupSize })) };
  });
};
