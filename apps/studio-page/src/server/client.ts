import type {
  AlikeImages,
  BuildRehearsal,
  Decision,
  DecisionsSince,
  DecisionsStored,
  ImageDetail,
  ImageFacets,
  ImageHolders,
  ImageSquares,
  ImageWindow,
  ListImported,
  MapSample,
  StudioLayout,
  MeasureLooks,
  MeasurePlanRequest,
  ReviewQueue,
  StartStep,
  StudioCrawl,
  StudioHandover,
  StudioFetches,
  StudioDuplicates,
  StudioMeasure,
  StudioProject,
  StudioRunDetail,
  StudioRuns,
  StudioSheets,
  StudioStep,
  StudioSteps,
  StudioPrediction,
  StudioTestImages,
  StudioTry,
  StudioViews,
} from '@winnow/contracts';
import { askProof } from './ask-proof';
import { connection, noteAnswer, noteSilence, proveWith, whenKnown } from './connection';

/** What GET answers, by address; `:name` stands for a part. */
interface StudioReads {
  '/api/project': StudioProject;
  '/api/images': ImageWindow;
  '/api/images/:sha256': ImageDetail;
  '/api/facets': ImageFacets;
  '/api/decisions': DecisionsSince;
  '/api/holders': ImageHolders;
  '/api/squares': ImageSquares;
  '/api/alike/:sha256': AlikeImages;
  '/api/views': StudioViews;
  '/api/duplicates': StudioDuplicates;
  '/api/review/:order': ReviewQueue;
  '/api/measure': StudioMeasure;
  '/api/crawl': StudioCrawl;
  '/api/crawl/fetches': StudioFetches;
  '/api/runs': StudioRuns;
  '/api/runs/:id': StudioRunDetail;
  '/api/test-images': StudioTestImages;
  '/api/sheets': StudioSheets;
  '/api/map/sample': MapSample;
  '/api/map/layout': StudioLayout;
  '/api/measure/looks': MeasureLooks;
  '/api/steps': StudioSteps;
  '/api/try/:run': StudioTry;
  '/api/handover': StudioHandover;
}

/** What GET answers with bytes, by address. */
type StudioByteReads =
  | '/api/map/points'
  | '/api/map/states'
  | '/api/map/mask'
  | '/api/try/:run/weights'
  | '/api/try-squares';

/** What POST takes and answers, by address. */
interface StudioWrites {
  '/api/decisions': { readonly body: { readonly decisions: readonly Decision[] }; readonly answer: DecisionsStored };
  '/api/undo': { readonly body: { readonly id: string; readonly batch?: string }; readonly answer: DecisionsStored };
  '/api/review/pause': { readonly body: object; readonly answer: unknown };
  '/api/measure/plan': { readonly body: MeasurePlanRequest; readonly answer: StudioMeasure };
  '/api/list': { readonly body: { readonly name: string; readonly csv: string }; readonly answer: ListImported };
  '/api/views': {
    readonly body: { readonly name: string; readonly address: string; readonly replaces?: boolean };
    readonly answer: StudioViews;
  };
  '/api/handover/plan': { readonly body: object; readonly answer: BuildRehearsal };
  '/api/steps': { readonly body: StartStep; readonly answer: StudioStep };
  '/api/steps/stop': { readonly body: { readonly id: string }; readonly answer: StudioSteps };
  '/api/redo': { readonly body: { readonly id: string; readonly batch?: string }; readonly answer: DecisionsStored };
}

interface ReadOptions {
  readonly parts?: Readonly<Record<string, string>>;
  readonly search?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
}

/** The server answered, and not what was asked for. */
export class StudioError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What to do, in words. */
    readonly next: string | null,
  ) {
    super(message);
    this.name = 'StudioError';
  }
}

interface ErrorBody {
  readonly error?: { readonly message: string; readonly where: string | null; readonly next: string | null };
}

let accessKey = '';

/** Sent with every request from now on, as long as it is our studio that answers. */
export function sendWithKey(key: string): void {
  accessKey = key;
  proveWith(() => askProof(key));
}

/** @throws StudioError for an answer that is none, TypeError where nobody answers, AbortError */
export async function read<Route extends keyof StudioReads>(
  route: Route,
  { parts = {}, search = {}, signal }: ReadOptions = {},
): Promise<StudioReads[Route]> {
  return (await send(addressOf(route, { parts, search }), { signal })) as StudioReads[Route];
}

/** @throws as `read` */
export async function readBytes(route: StudioByteReads, options: ReadOptions = {}): Promise<ArrayBuffer> {
  return bytesOf(await fetchWithKey(addressOf(route, options), { signal: options.signal }));
}

/** An image to the server: to be cut to a square. @throws as `read` */
export async function sendForSquare(image: Blob, search: ReadOptions['search']): Promise<ArrayBuffer> {
  return bytesOf(await fetchWithKey(addressOf('/api/try-square', { search }), imagePost(image)));
}

/** An image to the server, or the index of a test image: what `winnow predict` says of it. @throws as `read` */
export async function sendForPrediction(run: string, image: Blob | number): Promise<StudioPrediction> {
  const isTest = typeof image === 'number';
  const search = isTest ? { test: image } : {};
  const address = addressOf('/api/try/:run/predict', { parts: { run }, search });
  return (await send(address, isTest ? { method: 'POST' } : imagePost(image))) as StudioPrediction;
}

function imagePost(image: Blob): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: image };
}

async function bytesOf(response: Response): Promise<ArrayBuffer> {
  if (response.ok) return response.arrayBuffer();
  throw await refusal(response);
}

function addressOf(route: string, { parts = {}, search = {} }: Pick<ReadOptions, 'parts' | 'search'>): string {
  const address = route.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === '' ? address : `${address}?${query}`;
}

/** Saves what an address answers as a file, under the name that the server gives it. @throws as `read` */
export async function download(route: '/api/list', search: NonNullable<ReadOptions['search']>): Promise<void> {
  const response = await fetchWithKey(addressOf(route, { search }), {});
  if (!response.ok) throw await refusal(response);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'list.csv';
  link.click();
  // Not at once: some browsers read it only then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @throws as `read` */
export async function write<Route extends keyof StudioWrites>(
  route: Route,
  body: StudioWrites[Route]['body'],
  signal?: AbortSignal,
): Promise<StudioWrites[Route]['answer']> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal };
  return (await send(route, init)) as StudioWrites[Route]['answer'];
}

/** The stream of GET /api/events, or what `read` throws. */
export async function openEvents(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await fetchWithKey('/api/events', { signal, headers: { accept: 'text/event-stream' } });
  if (!response.ok || response.body === null) throw new StudioError(response.status, 'No events.', null);
  return response.body;
}

async function send(address: string, init: RequestInit): Promise<unknown> {
  const response = await fetchWithKey(address, init);
  if (response.ok) return response.json().catch(() => null);
  throw await refusal(response);
}

async function refusal(response: Response): Promise<StudioError> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  const { message = response.statusText, where = null, next = null } = body?.error ?? {};
  return new StudioError(response.status, where === null ? message : `${message} (${where})`, next);
}

async function fetchWithKey(address: string, init: RequestInit): Promise<Response> {
  await whenKnown();
  if (connection.get() !== 'there') throw new TypeError('The studio does not answer.');
  try {
    const headers = { ...init.headers, authorization: `Bearer ${accessKey}` };
    const response = await fetch(address, { ...init, headers, credentials: 'omit', cache: 'no-store' });
    noteAnswer(response.status);
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) noteSilence();
    throw error;
  }
}

/** For queries: what passes by itself, a data set that is read for the first time or a database that is away, is asked again. */
export const WHILE_PASSING = {
  retry: (_count: number, error: Error): boolean => error instanceof StudioError && error.status === 503,
  retryDelay: 1000,
};
