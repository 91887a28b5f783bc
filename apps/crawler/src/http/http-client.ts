import type { Readable } from 'node:stream';
import { request } from 'undici';
import type { Agent, Dispatcher } from 'undici';
import { BodyMemory } from './body-memory';
import type { BodyLease } from './body-memory';
import { classifyError } from './classify-error';
import { createConnector } from './connector';
import type { Lookup } from './dns-cache';
import type { HttpLimits } from './http-limits';
import { httpFailure } from './http-result';
import type { HttpFailure, HttpResult } from './http-result';
import { createObservedAgent } from './observed-agent';
import type { ObservedRequest } from './observed-agent';
import { openBody, receiveBody } from './read-body';
import type { ReadBodyOptions } from './read-body';
import { RequestWatch } from './request-watch';

export interface HttpClientOptions {
  readonly userAgent: string;
  /** Hosts to reach at `address:port` instead. */
  readonly resolve: Readonly<Record<string, string>>;
  readonly loopbackOnly: boolean;
  readonly limits: HttpLimits;
  readonly lookup?: Lookup;
  /** Certificate authorities to trust, PEM. Default: the built-in ones. */
  readonly trustedAuthorities?: readonly string[];
}

export interface HttpRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers for some URLs only, such as validators and keys; redirects elsewhere do not carry them. */
  readonly headersFor?: (url: URL) => Readonly<Record<string, string>>;
  /** Default: that of the limits. */
  readonly maxBytes?: number;
  /** A longer body is an error unless cut; so is one that breaks off, which is `brokenOff` then. Those of error statuses always are cut. */
  readonly overflow?: 'fail' | 'cut';
  readonly signal?: AbortSignal;
  /** Of `leaseBody`, where the body is kept after the call; default: memory is free for others when the call ends. */
  readonly lease?: BodyLease;
  /** Default: each request is sent at once. */
  readonly throttle?: Throttle;
}

/** Decides whether and when each request of a `get` is sent, those that redirects lead to included. */
export interface Throttle {
  /**
   * Rejects where it is aborted before the request is sent.
   * @param send calls `onSent` when the request has gone out
   */
  run(url: URL, send: (onSent?: () => void) => Promise<Exchange>, signal?: AbortSignal): Promise<Exchange>;
}

type LeasedRequest = HttpRequest & { readonly lease: BodyLease };

/** What one request gave: a response, a failure, or where to go on. */
export type Exchange = HttpResult | { readonly redirect: URL };

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const ERROR_BODY_BYTES = 1_000_000;

/** The one way out of winnow: GET over checked addresses, within limits. Failures are values; nothing is thrown but by a throttle. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: Agent;
  readonly #bodies = new BodyMemory();

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#agent = createObservedAgent({
      connect: createConnector({
        resolve: options.resolve,
        loopbackOnly: options.loopbackOnly,
        connectTimeoutMillis: options.limits.connectTimeoutMillis,
        ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
        ...(options.trustedAuthorities === undefined ? {} : { trustedAuthorities: options.trustedAuthorities }),
      }),
      // The watch of each request keeps the time.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 2000,
      // The watch ends longer heads sooner: beyond this size undici makes an error for each header that still comes.
      maxHeaderSize: 1_048_576,
    });
  }

  /** Memory for the body of one request; released by the caller when the body is gone. */
  leaseBody(): BodyLease {
    return this.#bodies.lease();
  }

  async get(wanted: HttpRequest): Promise<HttpResult> {
    let url = parseUrl(wanted.url);
    if (url === undefined) return httpFailure('url_refused', 'not an http(s) URL');
    const lease = wanted.lease ?? this.leaseBody();
    try {
      for (let redirects = 0; redirects <= this.#options.limits.maxRedirects; redirects += 1) {
        const target: URL = url;
        const send = (onSent?: () => void): Promise<Exchange> => this.#send(target, { ...wanted, lease }, onSent);
        const { throttle, signal } = wanted;
        const exchange = throttle === undefined ? await send() : await throttle.run(target, send, signal);
        if (!('redirect' in exchange)) return exchange;
        url = exchange.redirect;
      }
      return httpFailure('too_many_redirects', `more than ${this.#options.limits.maxRedirects} redirects`);
    } finally {
      if (lease !== wanted.lease) lease.release();
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(url: URL, wanted: LeasedRequest, onSent?: () => void): Promise<Exchange> {
    const watch = new RequestWatch(this.#options.limits, wanted.signal, onSent);
    let afterHeaders = false;
    try {
      const response = await request(url, {
        dispatcher: this.#agent,
        method: 'GET',
        headers: {
          'user-agent': this.#options.userAgent,
          accept: '*/*',
          'accept-encoding': 'gzip, deflate, br',
          ...wanted.headers,
          ...wanted.headersFor?.(url),
        },
        signal: watch.signal,
        ...({ observer: watch } satisfies ObservedRequest),
      });
      afterHeaders = true;
      return await this.#receive(url, wanted, { response, watch });
    } catch (error) {
      return watch.failure ?? failureOf(error, wanted.signal, afterHeaders);
    } finally {
      watch.stop();
    }
  }

  async #receive(
    url: URL,
    wanted: LeasedRequest,
    { response, watch }: { response: Dispatcher.ResponseData; watch: RequestWatch },
  ): Promise<Exchange> {
    const { statusCode: status, body: stream } = response;
    // A body that is thrown away may still end in an error.
    stream.on('error', () => undefined);
    const headers = joinHeaders(response.headers);
    if (REDIRECTS.has(status) && headers['location'] !== undefined) {
      stream.destroy();
      return redirectTo(headers['location'], url);
    }
    const isError = status >= 400;
    const maxBytes = isError ? ERROR_BODY_BYTES : (wanted.maxBytes ?? this.#options.limits.maxBytes);
    const overflow = isError ? 'cut' : (wanted.overflow ?? 'fail');
    const declared = Number(headers['content-length']);
    if (overflow === 'fail' && declared > maxBytes) {
      stream.destroy();
      return httpFailure('too_large', `declares ${declared} bytes`, { status });
    }
    watch.watchBody(stream);
    const contentEncoding = headers['content-encoding'];
    const options = { contentEncoding, maxBytes, overflow, lease: wanted.lease, signal: wanted.signal } as const;
    const { body, failure } = await readBody(stream, options, watch);
    if (failure !== undefined && overflow === 'fail') return { ...failure, status };
    const robotsTags = [response.headers['x-robots-tag'] ?? []].flat();
    const answer = { ok: true, status, headers, robotsTags, body, finalUrl: url.href } as const;
    // Of an error the status says enough.
    return failure === undefined || isError ? answer : { ...answer, brokenOff: failure };
  }
}

/** A body as far as it can be had, and why it is not whole, other than by its length. */
async function readBody(
  stream: Readable,
  options: ReadBodyOptions,
  watch: RequestWatch,
): Promise<{ readonly body: Buffer; readonly failure?: HttpFailure }> {
  const sent = await receiveBody(stream, options);
  // From here on it is we who take our time.
  watch.stop();
  const read = 'ok' in sent ? sent : await openBody(sent, options);
  if (!Buffer.isBuffer(read)) return { body: Buffer.alloc(0), failure: read };
  if (!('error' in sent)) return { body: read };
  return { body: read, failure: watch.failure ?? failureOf(sent.error, options.signal, true) };
}

function failureOf(error: unknown, signal: AbortSignal | undefined, afterHeaders: boolean): HttpFailure {
  if (signal?.aborted === true) return httpFailure('network_error', 'interrupted', { transient: true });
  return classifyError(error, afterHeaders);
}

function redirectTo(location: string, from: URL): Exchange {
  const target = parseUrl(location, from);
  if (target === undefined) return httpFailure('address_refused', `redirect to ${location.slice(0, 200)}`);
  return { redirect: target };
}

/** An http(s) URL without credentials and fragment. */
function parseUrl(text: string, base?: URL): URL | undefined {
  try {
    const url = new URL(text, base);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    url.username = '';
    url.password = '';
    url.hash = '';
    return url;
  } catch {
    return undefined;
  }
}

function joinHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
    ),
  );
}
