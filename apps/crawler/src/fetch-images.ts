import { recordFetches, suspendHost } from '@winnow/db';
import type { DueFetch, FetchRecord } from '@winnow/db';
import { BatchWriter } from './batch-writer';
import type { CrawlContext } from './crawl-context';
import { runQueue } from './crawlee-queue';
import { fetchImage } from './fetch-image';
import type { ImageFetch } from './fetch-image';

/** Handlers mostly wait for their host's turn, so there are more of them than requests under way. */
const HANDLERS_PER_REQUEST = 4;
/** Crawlee keeps its list in memory. */
const CHUNK = 10_000;

/** Fetches and stores images. @param onDone called after each, with the number done */
export async function fetchImages(
  context: CrawlContext,
  due: readonly DueFetch[],
  onDone: (done: number) => void,
): Promise<void> {
  const ordered = interleaveHosts(due);
  const writer = new BatchWriter<FetchRecord>((records) => recordFetches(context.db, context.project, records));
  let done = 0;
  for (let start = 0; start < ordered.length && !context.signal.aborted; start += CHUNK) {
    const chunk = ordered.slice(start, start + CHUNK);
    await runQueue({
      items: chunk.map((data) => ({ key: data.canonicalUrl, url: data.canonicalUrl, data })),
      concurrency: context.harvest.concurrency * HANDLERS_PER_REQUEST,
      signal: context.signal,
      handle: async ({ data }) => {
        const record = await fetchAndKeep(context, data);
        if (record === undefined) return;
        await writer.write(record);
        done += 1;
        onDone(done);
      },
    });
  }
}

/** Undefined when the crawl was aborted meanwhile: then nothing is recorded, and the URL stays due. */
async function fetchAndKeep(context: CrawlContext, due: DueFetch): Promise<FetchRecord | undefined> {
  let result: ImageFetch;
  try {
    result = await fetchImage(context, due);
  } catch (error) {
    if (context.signal.aborted) return undefined;
    throw error;
  }
  const facts = { canonicalUrl: due.canonicalUrl, attempts: result.requests, at: new Date(context.clock.now()) };
  if (!result.ok) {
    const record = failureRecord(result, facts);
    await suspendIfAsked(context, record);
    return record;
  }
  // The file first: a row without its file must not be.
  await context.blobs.put(result.image.sha256, result.bytes);
  const { status, finalUrl, headers } = result.answer;
  return {
    ...facts,
    outcome: 'stored',
    detail: null,
    nextTryAt: null,
    finalUrl,
    status,
    etag: validator(headers['etag']),
    lastModified: validator(headers['last-modified']),
    image: result.image,
  };
}

function failureRecord(
  { failure, nextTryMillis }: Extract<ImageFetch, { ok: false }>,
  facts: Pick<FetchRecord, 'canonicalUrl' | 'attempts' | 'at'>,
): FetchRecord {
  return {
    ...facts,
    outcome: failure.outcome,
    detail: failure.detail.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').slice(0, 500),
    nextTryAt: nextTryMillis === null ? null : new Date(facts.at.getTime() + nextTryMillis),
    status: failure.status ?? null,
    finalUrl: null,
    etag: null,
    lastModified: null,
    image: null,
  };
}

/** A host that wants a longer wait than this run has is left alone by later runs too. */
async function suspendIfAsked(context: CrawlContext, record: FetchRecord): Promise<void> {
  if (record.outcome !== 'rate_limited' || record.nextTryAt === null) return;
  await suspendHost(context.db, new URL(record.canonicalUrl).host, record.nextTryAt);
}

function validator(value: string | undefined): string | null {
  return value === undefined ? null : value.replace(/[\p{Cc}\p{Cs}]+/gu, '').slice(0, 500);
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
