import { postDecisionsSchema, REVIEW_ORDERS, undoSchema } from '@winnow/contracts';
import type { Decision, DecisionsSince, DecisionsStored, ReviewQueue } from '@winnow/contracts';
import { ReviewLeases, classOfTruth } from '@winnow/review';
import { z } from 'zod';
import { listQuerySchema, listRequest, scopeOf } from '../images/image-query';
import { HttpError } from '../server/answer-errors';
import type { RouteModule, StudioContext } from '../server/studio-context';
import type { StudioPerson } from '../server/studio-keys';
import { OtherOpinion } from './other-opinion';
import { nextInQueue } from './review-queue';

/** Ten thousand lines. */
const MAX_BODY_BYTES = 8 << 20;

const sinceSchema = z.object({ after: z.coerce.number().int().min(0).default(0) });
const orderSchema = z.object({ order: z.enum(REVIEW_ORDERS) });
const queueSchema = listQuerySchema.extend({ count: z.coerce.number().int().min(1).max(200).default(20) });

/** What people decide of images, and what they are to look at next. */
export const decisionRoutes: RouteModule = (server, context) => {
  const { decisions, plans, images, now } = context;
  const leases = new ReviewLeases();
  const otherOpinion = new OtherOpinion();
  const config = { isForReviewers: true };
  server.post('/api/decisions', { config, bodyLimit: MAX_BODY_BYTES }, async (request): Promise<DecisionsStored> => {
    const person = context.personOf(request);
    const { decisions: lines } = postDecisionsSchema.parse(request.body);
    for (const line of lines) requireSayable(line, person, context);
    return decisions.store(person.name, await plans.withChances(lines));
  });
  for (const says of ['undo', 'redo'] as const) {
    server.post(`/api/${says}`, { config }, (request): Promise<DecisionsStored> => {
      const { id, batch } = undoSchema.parse(request.body);
      return decisions.step(context.personOf(request).name, { id, says, batch });
    });
  }
  server.get('/api/decisions', async (request): Promise<DecisionsSince> => {
    const lines = await decisions.since(sinceSchema.parse(request.query).after);
    return { lines, last: (await decisions.current()).last };
  });
  server.get('/api/review/:order', async (request): Promise<ReviewQueue> => {
    const { order } = orderSchema.parse(request.params);
    const { count, ...query } = queueSchema.parse(request.query);
    const log = await decisions.current();
    const opened = await images.open(scopeOf(query));
    const { lists, split, build } = opened;
    const other = order === 'disagree' ? await otherOpinion.read(context, opened) : undefined;
    const person = context.personOf(request).name;
    const source = { lists, log, leases, seed: split?.id ?? build.id, more: { other } };
    return nextInQueue(source, { order, person, count, list: listRequest(query), nowMillis: now().getTime() });
  });
  server.post('/api/review/pause', { config }, (request) => {
    leases.release(context.personOf(request).name);
    return {};
  });
};

/** @throws HttpError where nobody, or not this person, may say such a thing */
function requireSayable({ says, settles }: Decision, { role }: StudioPerson, { config }: StudioContext): void {
  if (settles === true && role !== 'owner') throw new HttpError(403, 'Owners settle what people do not agree on.');
  const className = classOfTruth(says);
  const isKnown = className === null ? SAYABLE.has(says) : config.classes.some(({ name }) => name === className);
  if (!isKnown) throw new HttpError(400, `"${says.slice(0, 100)}" is none of the classes, open, unsure or cleared.`);
}

const SAYABLE: ReadonlySet<string> = new Set(['open', 'unsure', 'cleared']);
