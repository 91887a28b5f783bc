import { measurePlanSchema, NOISE_KINDS, WinnowError } from '@winnow/contracts';
import type { MeasureLooks, NoiseKind, StudioMeasure } from '@winnow/contracts';
import { answersOf, nextShowings, ReviewLeases } from '@winnow/review';
import { z } from 'zod';
import { listQuerySchema, scopeOf } from '../images/image-query';
import type { RouteModule } from '../server/studio-context';
import { describeMeasure, NOTHING_MEASURED } from './describe-measure';
import { requireSplit } from './measure-plans';

const scopeSchema = listQuerySchema.pick({ b: true, s: true });
const looksSchema = scopeSchema.extend({ count: z.coerce.number().int().min(1).max(10_000).default(20) });

/** How right a split is, by blind looks. */
export const measureRoutes: RouteModule = (server, context) => {
  const { decisions, images, plans, now } = context;
  const leases = new ReviewLeases();

  const measure = async (query: z.infer<typeof scopeSchema>): Promise<StudioMeasure> => {
    const open = requireSplit(await images.open(scopeOf(query)));
    const plan = await plans.planFor(open);
    if (plan === null) return NOTHING_MEASURED;
    const drawn = await plans.imagesOf(plan);
    const looks = plans.looksOf(plan, drawn);
    // A split with decisions in it says of their images what they say.
    const measured = (await plans.isCorrected(open.split.id)) ? drawn : open;
    const log = await decisions.current();
    return describeMeasure({ plan, looks, log, columns: measured.lists.columns, splitId: measured.split.id });
  };

  server.get('/api/measure', (request) => measure(scopeSchema.parse(request.query)));
  server.post('/api/measure/plan', async (request): Promise<StudioMeasure> => {
    const { b, s, ...wanted } = measurePlanSchema.parse(request.body);
    const query = { b, s };
    const open = requireSplit(await images.open(scopeOf(query)));
    const { plan, splitId, kinds } = await measure(query);
    const isOwn = plan !== null && splitId === plan.splitId;
    await plans.plan(open, context.personOf(request).name, wanted, isOwn ? measuredShares(kinds) : {});
    context.events.publish('decisions');
    return measure(query);
  });
  // Nothing but what is to be looked at: a look that knows what the split says is none.
  server.get('/api/measure/looks', async (request): Promise<MeasureLooks> => {
    const { count, ...query } = looksSchema.parse(request.query);
    const plan = await plans.planFor(requireSplit(await images.open(scopeOf(query))));
    if (plan === null) {
      throw new WinnowError('MISSING_INPUT', 'There is no plan yet', { where: 'measure', next: 'Make a plan first.' });
    }
    const drawn = await plans.imagesOf(plan);
    const { looks, digests } = plans.looksOf(plan, drawn);
    const person = context.personOf(request).name;
    const taken = new Set(leases.takenFrom(person, now().getTime()));
    const { columns } = drawn.lists;
    const left = nextShowings(
      {
        images: digests.filter((_, at) => columns.forgotten[looks[at]?.row as number] === 0),
        answers: answersOf((await decisions.current()).looksOf(plan.id)),
        seed: plan.seed,
      },
      person,
      (image) => taken.has(image),
    );
    const next = left.slice(0, count);
    leases.take(next, person, now().getTime());
    return { plan: plan.id, left: left.length, images: next };
  });
};

/** Of kinds of which all that was planned was looked at; one that is still looked at says nothing of how many it needs. */
function measuredShares(kinds: StudioMeasure['kinds']): Partial<Record<NoiseKind, number>> {
  return Object.fromEntries(
    NOISE_KINDS.flatMap((kind) => {
      const found = kinds.find((one) => one.kind === kind);
      return found?.isComplete && found.precision !== null ? [[kind, found.precision.share]] : [];
    }),
  );
}
