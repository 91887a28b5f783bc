import { forEachAtOnce, RETRYABLE_OUTCOMES } from '@winnow/contracts';
import { forgottenFilter, suspendHost, withdrawTries } from '@winnow/db';
import type { DueFetch, FetchRecord, ForgottenFilter } from '@winnow/db';
import type { CrawlContext, Fetched } from '../jobs/crawl-context';
import { fetchImage } from './fetch-image';
import type { ImageFetch } from './fetch-image';
import { freshUntil } from '../http/fresh-until';
import { httpFailure } from '../http/http-result';
import type { HttpFailure } from '../http/http-result';

/** Handlers mostly wait for their host's turn, so there are more of them than requests under way. */
const HANDLERS_PER_REQUEST = 4;
/** Deaths at one URL after which it is not tried again; but for the first, nothing else was under way. */
const MAX_UNFINISHED_TRIES = 3;
const FORGOTTEN = httpFailure('opted_out', 'to be forgotten');

/** Fetches and stores images. @param onDone called after each, with the number done */
export async function fetchImages(
  context: CrawlContext,
  due: readonly DueFetch[],
  onDone: (done: number) => void,
): Promise<void> {
  const ordered = interleaveHosts(due);
  const forgotten = refreshedFilter(context);
  let done = 0;
  const begun = new Set<string>();
  const begin = async (url: string): Promise<void> => {
    if (begun.has(url)) return;
    begun.add(url);
    await context.tries.write(url);
  };
  const handle = async (due: DueFetch): Promise<void> => {
    const fetched = await fetchAndKeep({ context, begin: () => begin(due.canonicalUrl) }, due, await forgotten());
    if (fetched === undefined) return;
    await context.records.write(fetched);
    begun.delete(due.canonicalUrl);
    done += 1;
    onDone(done);
  };
  try {
    const atOnce = context.harvest.concurrency * HANDLERS_PER_REQUEST;
    await forEachAtOnce(ordered, { atOnce, signal: context.signal }, handle);
  } finally {
    // Stopped, not dead. What is not withdrawn is only taken up later than the others.
    await withdrawTries(context.db, context.project, [...begun]).catch(() => undefined);
  }
}

const FILTER_MILLIS = 2000;

/** What is to be forgotten may change while a long job is under way. */
function refreshedFilter({ db, project, clock }: CrawlContext): () => Promise<ForgottenFilter> {
  let reading: Promise<ForgottenFilter> | undefined;
  let readMillis = 0;
  return () => {
    if (reading === undefined || clock.now() - readMillis >= FILTER_MILLIS) {
      readMillis = clock.now();
      reading = forgottenFilter(db, project);
    }
    return reading;
  };
}

/** Undefined when the crawl was aborted meanwhile: then nothing is recorded, and the URL stays due. */
async function fetchAndKeep(
  { context, begin }: { readonly context: CrawlContext; readonly begin: () => Promise<void> },
  due: DueFetch,
  { isForgotten, forgottenDigests }: ForgottenFilter,
): Promise<Fetched | undefined> {
  const factsOf = (attempts: number): Facts => ({
    canonicalUrl: due.canonicalUrl,
    attempts,
    at: new Date(context.clock.now()),
  });
  const gaveUp = (failure: HttpFailure, attempts: number): Fetched => ({
    record: failureRecord({ ok: false, failure, requests: attempts, nextTryMillis: null }, due, factsOf(attempts)),
    square: null,
  });
  // As a rule its row is gone by now; where it is not, it must not stay due.
  if (isForgotten(due.canonicalUrl)) return gaveUp(FORGOTTEN, due.attempts);
  if (due.unfinishedTries >= MAX_UNFINISHED_TRIES) {
    return gaveUp(httpFailure('crashed', `${due.unfinishedTries} processes ended while they fetched it`), due.attempts);
  }
  let result: ImageFetch;
  try {
    result = await fetchImage(context, due, begin);
  } catch (error) {
    if (context.signal.aborted) return undefined;
    throw error;
  }
  if (!result.ok) {
    const record = failureRecord(result, due, factsOf(result.requests));
    await suspendIfAsked(context, record, result.failure);
    return { record, square: null };
  }
  const sha256 = result.download?.image.sha256;
  if ((sha256 !== undefined && forgottenDigests.has(sha256)) || isForgotten(result.response.finalUrl)) {
    return gaveUp(FORGOTTEN, result.requests);
  }
  // The file first: a row without its file must not be.
  const square = result.download === null ? null : await keep(context, result.download);
  return { record: successRecord(result, due, factsOf(result.requests)), square };
}

/** @returns what is to be kept beside it */
async function keep({ blobs }: CrawlContext, { image, bytes, square }: Download): Promise<Fetched['square']> {
  const outcome = await blobs.put(image.sha256, bytes);
  return square === null || outcome === 'kept' ? null : { sha256: image.sha256, bytes: square };
}

type Download = NonNullable<Extract<ImageFetch, { ok: true }>['download']>;
type Facts = Pick<FetchRecord, 'canonicalUrl' | 'attempts' | 'at'>;

function successRecord(
  { download, response }: Extract<ImageFetch, { ok: true }>,
  due: DueFetch,
  facts: Facts,
): FetchRecord {
  const { status, finalUrl, headers } = response;
  const sha256 = download?.image.sha256 ?? due.sha256;
  // What is behind a redirect may be another image tomorrow, however long this one holds.
  const freshMillis = finalUrl === due.canonicalUrl ? freshUntil(response, facts.at.getTime()) : undefined;
  return {
    ...facts,
    outcome: sha256 === due.sha256 ? 'unchanged' : 'stored',
    detail: null,
    nextTryAt: null,
    finalUrl,
    status,
    etag: validator(headers['etag']) ?? (download === null ? due.etag : null),
    lastModified: validator(headers['last-modified']) ?? (download === null ? due.lastModified : null),
    freshUntil: freshMillis === undefined ? null : new Date(freshMillis),
    image: download?.image ?? null,
    keptSha256: due.sha256,
  };
}

function failureRecord(
  { failure, nextTryMillis }: Extract<ImageFetch, { ok: false }>,
  due: DueFetch,
  facts: Facts,
): FetchRecord {
  // A failure that may pass says nothing against the copy that is there.
  const keepsCopy = due.sha256 !== null && (failure.transient || RETRYABLE_OUTCOMES.has(failure.outcome));
  return {
    ...facts,
    outcome: failure.outcome,
    detail: failure.detail.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').slice(0, 500),
    nextTryAt: nextTryMillis === null ? null : new Date(facts.at.getTime() + nextTryMillis),
    status: failure.status ?? null,
    finalUrl: keepsCopy ? due.finalUrl : null,
    etag: keepsCopy ? due.etag : null,
    lastModified: keepsCopy ? due.lastModified : null,
    image: null,
    keptSha256: keepsCopy ? due.sha256 : null,
  };
}

/** A host that wants a longer wait than this run has is left alone by later runs too. */
async function suspendIfAsked(context: CrawlContext, record: FetchRecord, failure: HttpFailure): Promise<void> {
  // robots.txt that cannot be read is asked for again before anything else is.
  if (record.nextTryAt === null || record.outcome === 'robots_disallowed') return;
  const stated = failure.retryAfterMillis;
  if (record.outcome !== 'rate_limited' && stated === undefined) return;
  const until = stated === undefined ? record.nextTryAt : new Date(record.at.getTime() + stated);
  await suspendHost(context.db, failure.host ?? new URL(record.canonicalUrl).host, until);
}

/** A longer one is not worth its keep, and cut it would mean nothing. */
const MAX_VALIDATOR_CHARACTERS = 500;

function validator(value: string | undefined): string | null {
  const text = value?.replace(/[\p{Cc}\p{Cs}]+/gu, '') ?? '';
  return text === '' || text.length > MAX_VALIDATOR_CHARACTERS ? null : text;
}

/** One URL of every host, then the second of every host, and so on: no host holds up the others. */
function interleaveHosts(due: readonly DueFetch[]): readonly DueFetch[] {
  const seen = new Map<string, number>();
  return due
    .map((fetch, position) => {
      const { host } = new URL(fetch.canonicalUrl);
      const turn = seen.get(host) ?? 0;
      seen.set(host, turn + 1);
      return { fetch, position, turn };
    })
    .sort((a, b) => a.turn - b.turn || a.position - b.position)
    .map(({ fetch }) => fetch);
}
