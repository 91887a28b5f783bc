import { PAIR_SAYINGS, PLACE_SAYINGS, postDecisionsSchema, REVIEW_ORDERS, undoSchema } from '@winnow/contracts';
import type { AlikeImages, Decision, DecisionsSince, DecisionsStored, ReviewQueue } from '@winnow/contracts';
import { ReviewLeases, classOfTruth } from '@winnow/review';
import { z } from 'zod';
import { listQuerySchema, listRequest, scopeOf } from '../images/image-query';
import { sha256Schema } from '../images/image-routes';
import { HttpError } from '../server/answer-errors';
import type { RouteModule, StudioContext } from '../server/studio-context';
import type { StudioPerson } from '../server/studio-keys';
import { AlikeFinder } from './alike-images';
import { OtherOpinion } from './other-opinion';
import { nextInQueue } from './review-queue';
import type { StudioDecisions } from './studio-decisions';

/** Ten thousand lines. */
const MAX_BODY_BYTES = 8 << 20;

const sinceSchema = z.object({ after: z.coerce.number().int().min(0).default(0) });
const orderSchema = z.object({ order: z.enum(REVIEW_ORDERS) });
const queueSchema = listQuerySchema.extend({
  count: z.coerce.number().int().min(1).max(10_000).default(20),
  overlap: z.coerce.number().int().min(0).max(50).default(0),
});

const alikeSchema = listQuerySchema.pick({ b: true, s: true }).extend({ all: z.enum(['', '0', '1']).optional() });

/** What people decide of images, and what they are to look at next. */
export const decisionRoutes: RouteModule = (server, context) => {
  const { decisions, plans, images, now } = context;
  const leases = new ReviewLeases();
  const otherOpinion = new OtherOpinion();
  const alike = new AlikeFinder(context);
  const config = { isForReviewers: true };
  /** Of images that are before a person: they are still there. */
  const keepOpenOnes = ({ name }: StudioPerson): void => {
    const isSaid = (sha256: string): boolean =>
      decisions.known.decisionOf(sha256).opinions.some(({ person }) => person === name);
    leases.renew(name, now().getTime(), (sha256) => !isSaid(sha256));
  };
  server.post('/api/decisions', { config, bodyLimit: MAX_BODY_BYTES }, async (request): Promise<DecisionsStored> => {
    const person = context.personOf(request);
    const { decisions: lines } = postDecisionsSchema.parse(request.body);
    for (const line of lines) requireMaySettle(line, person);
    const sayable = lines.filter((line) => isSayable(line, context));
    if (sayable.length === 0) throw new HttpError(400, 'Nobody can say that of an image, or of a pair.');
    const refused = lines.filter((line) => !isSayable(line, context)).map(({ id }) => id);
    const settled = await settleDisputes(sayable, person, decisions);
    const stored = await decisions.store(person.name, await plans.withChances(settled));
    keepOpenOnes(person);
    return { ...stored, refused: [...stored.refused, ...refused] };
  });
  for (const says of ['undo', 'redo'] as const) {
    server.post(`/api/${says}`, { config }, async (request): Promise<DecisionsStored> => {
      const { id, batch } = undoSchema.parse(request.body);
      const person = context.personOf(request);
      const stored = await decisions.step(person.name, { id, says, batch });
      keepOpenOnes(person);
      return stored;
    });
  }
  server.get('/api/decisions', async (request): Promise<DecisionsSince> => {
    const lines = await decisions.since(sinceSchema.parse(request.query).after);
    return { lines, last: decisions.known.last };
  });
  server.get('/api/review/:order', async (request): Promise<ReviewQueue> => {
    const { order } = orderSchema.parse(request.params);
    const { count, overlap, ...query } = queueSchema.parse(request.query);
    const log = await decisions.current();
    const opened = await images.open(scopeOf(query));
    const { lists, split, build } = opened;
    const other = order === 'disagree' ? await otherOpinion.read(context, opened) : undefined;
    const { name: person, role } = context.personOf(request);
    const reserved = await plans.waitingRows(opened, log);
    const [leftOut, checks] = [await decisions.leftOutRows(lists, log), await decisions.sheetChecks(log)];
    const source = { lists, log, leases, seed: split?.id ?? build.id, reserved, leftOut, checks, other };
    const isOwner = role === 'owner';
    const [list, nowMillis] = [listRequest(query), now().getTime()];
    return nextInQueue(source, { order, person, isOwner, count, list, overlap, nowMillis });
  });
  server.get('/api/alike/:sha256', async (request): Promise<AlikeImages> => {
    const { sha256 } = sha256Schema.parse(request.params);
    const log = await decisions.current();
    const { all, ...query } = alikeSchema.parse(request.query);
    const opened = await images.open(scopeOf(query));
    if (all === '1') return alike.find(opened, { sha256, log });
    const reserved = await plans.waitingRows(opened, log);
    const leftOut = await decisions.leftOutRows(opened.lists, log);
    const taken = leases.takenFrom(context.personOf(request).name, now().getTime());
    const others = new Set(taken.flatMap((image) => opened.lists.rowsOf(image)));
    const isOffered = (row: number): boolean => !reserved.has(row) && !leftOut.has(row) && !others.has(row);
    return alike.find(opened, { sha256, log, isOffered });
  });
  server.post('/api/review/pause', { config }, (request) => {
    leases.release(context.personOf(request).name);
    return {};
  });
};

/** @throws HttpError where a reviewer would settle what people do not agree on */
function requireMaySettle({ settles }: Decision, { role }: StudioPerson): void {
  if (settles === true && role !== 'owner') throw new HttpError(403, 'Owners settle what people do not agree on.');
}

/** A class may have been renamed since: that one line says nothing is no reason to refuse the others. */
function isSayable({ sha256, otherSha256, says }: Decision, { config }: StudioContext): boolean {
  if (otherSha256 !== undefined) return sha256 !== otherSha256 && (PAIR_SAYINGS as readonly string[]).includes(says);
  const className = classOfTruth(says);
  return className === null ? SAYABLE.has(says) : config.classes.some(({ name }) => name === className);
}

/** What people do not agree on is settled by an owner who looks at it. */
async function settleDisputes(
  lines: readonly Decision[],
  { role }: StudioPerson,
  decisions: StudioDecisions,
): Promise<readonly Decision[]> {
  if (role !== 'owner' || !lines.some(isSingleLook)) return lines;
  const log = await decisions.current();
  const isDisputed = (sha256: string): boolean => log.decisionOf(sha256).state === 'disputed';
  return lines.map((line) => (isSingleLook(line) && isDisputed(line.sha256) ? { ...line, settles: true } : line));
}

function isSingleLook({ origin, says, plan, otherSha256 }: Decision): boolean {
  return origin === 'one' && plan === undefined && otherSha256 === undefined && !UNSETTLING.has(says);
}

const SAYABLE: ReadonlySet<string> = new Set(['open', 'unsure', 'cleared', ...PLACE_SAYINGS]);
/** What settles nothing. */
const UNSETTLING: ReadonlySet<string> = new Set(['unsure', 'cleared', ...PLACE_SAYINGS]);
