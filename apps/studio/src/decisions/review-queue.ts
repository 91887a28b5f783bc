import { NOISE_KINDS, WinnowError } from '@winnow/contracts';
import type { ReviewOrder, ReviewQueue } from '@winnow/contracts';
import { DECIDED_STATES, digestOf, NO_KIND } from '@winnow/columns';
import type { ImageColumns, ImageLists, ListRequest } from '@winnow/columns';
import {
  LOOK_ORDERS,
  nextLooks,
  peopleAgreement,
  singleLooks,
  waitingForSecondLook,
  withSecondLooks,
  withSheetChecks,
} from '@winnow/review';
import type { DecisionLog, LookAnswers, LookOrder, ReviewLeases, ReviewPool, SheetCheck } from '@winnow/review';

export interface QueueRequest {
  readonly order: ReviewOrder;
  readonly person: string;
  /** Of disputed images, an owner gets those, too, of which they have an opinion: theirs settles. */
  readonly isOwner: boolean;
  readonly count: number;
  /** Only images of this list. */
  readonly list: Pick<ListRequest, 'filters'>;
  /** Of a hundred looks, so many are at images that one other person looked at. */
  readonly overlap: number;
  readonly nowMillis: number;
}

/** What a queue is drawn from. */
export interface QueueSource {
  readonly lists: ImageLists;
  readonly log: DecisionLog;
  readonly leases: ReviewLeases;
  /** Names the split: `random` is another order in each. */
  readonly seed: string;
  /** Rows that a plan of measuring still has to show: seen here first, they would not be looked at blindly. */
  readonly reserved?: ReadonlySet<number>;
  /** Rows that people left out of the next builds. */
  readonly leftOut?: ReadonlySet<number>;
  /** Images of sheets that are to be looked at again: they come among the others, unmarked. */
  readonly checks?: readonly SheetCheck[];
  /** What the order `disagree` needs. */
  readonly other?: ReviewPool['other'];
}

type IsListed = ReturnType<ImageLists['membership']>;

const NONE = DECIDED_STATES.indexOf('none');
const DISPUTED = DECIDED_STATES.indexOf('disputed');

/**
 * The images that a person is to look at next, now kept for them. Images that others have before them are passed over, and so
 * are those that somebody decided or left out, but for the order `mine`, which goes back over the person's own.
 * @throws WinnowError MISSING_INPUT where the order needs what the project does not have yet
 */
export function nextInQueue(source: QueueSource, request: QueueRequest): ReviewQueue {
  const { order, person, count, list, overlap, nowMillis } = request;
  const { lists, leases } = source;
  const { columns } = lists;
  const listed = lists.list({ ...list, sort: 'position', isDescending: false });
  const isListed = lists.membership(list);
  const rows = order === 'mine' ? ownRows(source, person, isListed) : openRows(source, request, listed);
  const taken = new Set(leases.takenFrom(person, nowMillis).flatMap((sha256) => lists.rowsOf(sha256)));
  const free = taken.size === 0 ? rows : rows.filter((row) => !taken.has(row));
  const next = isLookOrder(order) ? inOrder(order, source, free, count) : free.slice(0, count);
  // A data set of a benchmark pool may hold an image twice.
  const undecided = [...new Set(Array.from(next, (row) => digestOf(columns, row)))];
  const isNew = (row: number): boolean => isListed(row) && !taken.has(row);
  const checks = isLookOrder(order) ? freeOf(source, checksOf(source, person), isNew) : [];
  const looks = isLookOrder(order) && overlap > 0 ? singleLooks(source.log) : null;
  const mixed = looks === null ? undecided : withOthers(source, request, { looks, undecided, isListed });
  const left = rows.length + checks.length + Math.max(0, mixed.length - undecided.length);
  const images = withSheetChecks(mixed, checks, count);
  leases.take(images, person, nowMillis);
  return { order, left, images, agreement: looks === null ? null : peopleAgreement(looks) };
}

/** With images that somebody else looked at. */
function withOthers(
  source: QueueSource,
  { person, count, overlap, nowMillis }: QueueRequest,
  found: { readonly looks: LookAnswers; readonly undecided: readonly string[]; readonly isListed: IsListed },
): readonly string[] {
  const { looks, undecided, isListed } = found;
  // Who looked at an image may still hold it.
  const isBeforeAnother = (sha256: string): boolean => {
    const holder = source.leases.holderOf(sha256, nowMillis);
    return holder !== null && holder !== person && looks.get(sha256)?.has(holder) !== true;
  };
  const waiting = waitingForSecondLook(source.log, looks, person).filter((sha256) => !isBeforeAnother(sha256));
  const free = freeOf(source, waiting, isListed);
  return withSecondLooks(undecided, free, { looks, person, percent: overlap, count });
}

/** Of the person's own sheets. */
function checksOf({ checks = [] }: QueueSource, person: string): readonly string[] {
  const own = checks.filter((check) => check.person === person && check.isStanding && check.again === null);
  return own.map(({ sha256 }) => sha256);
}

/** Decided images of which a row is wanted, and which nobody left out. */
function freeOf({ lists, leftOut }: QueueSource, images: readonly string[], isWanted: IsListed): readonly string[] {
  const isFree = (row: number): boolean =>
    isWanted(row) && lists.columns.forgotten[row] === 0 && leftOut?.has(row) !== true;
  return images.filter((sha256) => lists.rowsOf(sha256).some(isFree));
}

/** A loop of its own: each look waits for it, and so do all other answers. */
function openRows(source: QueueSource, request: QueueRequest, listed: Uint32Array): Uint32Array {
  const { state, forgotten } = source.lists.columns;
  const wanted = request.order === 'disputed' ? DISPUTED : NONE;
  const rows = new Uint32Array(listed.length);
  let count = 0;
  for (let at = 0; at < listed.length; at += 1) {
    const row = listed[at] as number;
    if (state[row] !== wanted || forgotten[row] === 1 || !isOpenTo(source, request, row)) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

function isOpenTo(
  { lists, log, reserved, leftOut }: QueueSource,
  { order, person, isOwner }: QueueRequest,
  row: number,
): boolean {
  if (leftOut?.has(row) === true) return false;
  if (order !== 'disputed') return reserved?.has(row) !== true;
  return isOwner || !log.decisionOf(digestOf(lists.columns, row)).opinions.some((opinion) => opinion.person === person);
}

/** The newest decision first. */
function ownRows({ lists, log }: QueueSource, person: string, isListed: IsListed): Uint32Array {
  const own = log.images.flatMap((sha256) => {
    const opinion = log.decisionOf(sha256).opinions.find((one) => one.person === person);
    return opinion === undefined ? [] : [{ sha256, seq: opinion.seq }];
  });
  own.sort((a, b) => b.seq - a.seq);
  const rows = own.flatMap(({ sha256 }) => lists.rowsOf(sha256).slice(0, 1));
  return Uint32Array.from(rows.filter(isListed));
}

function isLookOrder(order: ReviewOrder): order is ReviewOrder & LookOrder {
  return (LOOK_ORDERS as readonly string[]).includes(order);
}

function inOrder(
  order: LookOrder,
  { lists: { columns }, seed, other }: QueueSource,
  rows: Uint32Array,
  count: number,
): readonly number[] {
  if (columns.kind[0] === NO_KIND && order !== 'random') {
    throw missing(`The order ${order} needs a split`, 'Run `winnow split`, or review at random.');
  }
  const isIn = new Uint8Array(columns.count);
  for (let at = 0; at < rows.length; at += 1) isIn[rows[at] as number] = 1;
  try {
    return nextLooks(order, { ...poolOf(columns), other, isDecided: (row) => isIn[row] === 0 }, { count, seed });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw missing(`The order ${order} cannot be made: ${error.message}`, 'Take another order.');
  }
}

/** Of columns, which stay as they are but for what is decided. */
const POOLS = new WeakMap<ImageColumns, Omit<ReviewPool, 'isDecided'>>();

function poolOf(columns: ImageColumns): Omit<ReviewPool, 'isDecided'> {
  const known = POOLS.get(columns);
  if (known !== undefined) return known;
  const probabilities = new Float32Array(NOISE_KINDS.length * columns.count);
  [columns.clean, columns.closed, columns.open].forEach((values, kind) => {
    for (let row = 0; row < values.length; row += 1) {
      probabilities[NOISE_KINDS.length * row + kind] = values[row] as number;
    }
  });
  const pool = { kinds: columns.kind, probabilities, labels: columns.given, refinedLabels: columns.refined };
  POOLS.set(columns, pool);
  return pool;
}

function missing(what: string, next: string): WinnowError {
  return new WinnowError('MISSING_INPUT', what, { where: 'review', next });
}
