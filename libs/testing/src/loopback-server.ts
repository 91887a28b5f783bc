import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { textReply } from './reply';
import type { HostRequest, Reply } from './reply';

const DRIP_MILLIS = 1000;
const DRIP_LIMIT_MILLIS = 60_000;

export interface LoopbackServer {
  readonly port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/**
 * An HTTP server on 127.0.0.1 that plays many hosts: `answer` gets the URL with the host of the Host header.
 * @param port 0 for any free one
 */
export async function startLoopbackServer(
  port: number,
  answer: (request: Omit<HostRequest, 'attempt'>) => Promise<Reply>,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    answer({ url: urlOf(request), headers: flat(request.headers) })
      .catch((error: unknown) => textReply(500, 'text/plain', String(error)))
      .then((reply) => send(reply, request, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function urlOf(request: IncomingMessage): URL {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  // A client of a proxy sends the whole address.
  const path = request.url?.replace(/^http:\/\/[^/]*/i, '') ?? '';
  return new URL(`http://${host || 'unknown'}${path.startsWith('/') ? path : '/'}`);
}

function flat(headers: IncomingMessage['headers']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}

function send({ status, headers, body }: Reply, request: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  if (body instanceof Uint8Array) {
    const hasBody = status !== 304;
    response.writeHead(status, hasBody ? { 'content-length': String(body.length), ...headers } : headers);
    response.end(request.method === 'HEAD' || !hasBody ? undefined : body);
    return;
  }
  response.writeHead(status, headers);
  if (request.method === 'HEAD') response.end();
  else if ('cut' in body) response.write(body.cut, () => response.destroy());
  else drip(body.drip, response);
}

/** A byte a second until the client gives up, for a minute at most. */
function drip(bytes: Uint8Array, response: ServerResponse): void {
  let sent = 0;
  const next = (): void => {
    response.write(bytes.subarray(sent % bytes.length, (sent % bytes.length) + 1));
    sent += 1;
    if (sent * DRIP_MILLIS >= DRIP_LIMIT_MILLIS) response.destroy();
  };
  const timer = setInterval(next, DRIP_MILLIS);
  response.once('close', () => clearInterval(timer));
  next();
}
