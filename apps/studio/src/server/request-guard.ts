import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the page may do: its own files and answers, nothing else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Tiles of a list come as `data:` of our own encoding, many in one answer: of a `blob:` each the browser takes seven times as long.
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types winnow',
].join('; ');

/** On every answer, refusals among them. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** Nothing that is encoded, doubled or climbs: our addresses need none of it. */
const PLAIN_PATH = /^\/(?:[\w~-][\w.~-]*(?:\/[\w~-][\w.~-]*)*)?$/;

interface Refusal {
  readonly status: 403 | 404 | 421;
  readonly message: string;
}

/**
 * What must be right with a request before it is routed: that it was sent to us under our own name (a name that was rebound
 * to 127.0.0.1 is not), not by a page of another origin, and for a plain path.
 * @param port ours
 */
function refusalOf(
  {
    headers,
    headersDistinct,
    url = '',
    method,
  }: Pick<IncomingMessage, 'headers' | 'headersDistinct' | 'url' | 'method'>,
  port: number,
): Refusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  const host = headersDistinct['host']?.length === 1 ? headers.host : undefined;
  if (host === undefined || !hosts.includes(host)) {
    return { status: 421, message: `This studio answers at http://127.0.0.1:${port} only.` };
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, message: 'The request came from a page of another origin.' };
  }
  if (!isOurSite(headers, method)) return { status: 403, message: 'The request came from another site.' };
  const path = url.split('?', 1)[0] ?? '';
  return PLAIN_PATH.test(path) ? null : { status: 404, message: 'There is no such address.' };
}

/** A link to the page, in a mail or a file, may be followed: the page holds nothing before it has a key. No frame may. */
function isOurSite(headers: IncomingMessage['headers'], method: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

/** Sets what every answer carries, and ends a request that is refused. @returns whether it may go on */
export function guard(request: IncomingMessage, response: ServerResponse, port: number): boolean {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const refusal = refusalOf(request, port);
  if (refusal === null) return true;
  response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${refusal.message}\n`);
  return false;
}
