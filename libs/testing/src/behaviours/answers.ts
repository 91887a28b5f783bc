import { createHash } from 'node:crypto';
import type { Response } from './behaviour';

/** A complete file with its ETag. */
export function file(
  bytes: Uint8Array,
  mime = 'image/jpeg',
  headers: Readonly<Record<string, string | string[]>> = {},
): Response {
  const etag = `"${createHash('sha1').update(bytes).digest('hex').slice(0, 16)}"`;
  return ({ response }) => {
    response.writeHead(200, { 'content-type': mime, 'content-length': bytes.length, etag, ...headers });
    response.end(bytes);
  };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Response {
  return ({ response }) => void response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end('no');
}

export function redirect(location: string): Response {
  return ({ response }) => void response.writeHead(302, { location }).end();
}

export function text(body: string, mime = 'text/plain'): Response {
  return ({ response }) => void response.writeHead(200, { 'content-type': mime }).end(body);
}

/** One answer for each attempt; the last one from then on. */
export function inTurn(...responses: readonly Response[]): Response {
  return (visit) => responses[Math.min(visit.attempt, responses.length) - 1]?.(visit);
}

/** Accepts and never answers. */
export const hang: Response = () => undefined;

/** The connection ends without an answer. */
export const reset: Response = ({ response }) => void response.destroy();

/** A body without end, in chunks. */
export function endless(chunk: Uint8Array, pauseMillis: number): Response {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    const timer = setInterval(() => response.write(chunk), pauseMillis);
    response.once('close', () => clearInterval(timer));
    response.write(chunk);
  };
}
