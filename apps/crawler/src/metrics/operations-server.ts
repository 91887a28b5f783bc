import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WinnowError } from '@winnow/contracts';
import type { WorkerMetrics } from './worker-metrics';

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface OperationsServerOptions {
  readonly listen: ListenAddress;
  readonly metrics: Pick<WorkerMetrics, 'text' | 'contentType'>;
  /** Why the process should be restarted; null: it is well. */
  readonly unhealthy: () => string | null;
  /** Why it can do no work now; null: it can. */
  readonly unready: () => Promise<string | null>;
}

const MAX_PORT = 65_535;
const NOT_FOUND = 404;
const WRONG_METHOD = 405;
const INTERNAL = 500;
const AWAY = 503;

/**
 * `HOST:PORT`, `[IPV6]:PORT` or a port alone, which is that of this machine only.
 * @throws WinnowError USAGE
 */
export function parseListen(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:(?:\[([\da-f:.]+)\]|([^[\]:]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port <= MAX_PORT) return { host: bracketed ?? plain ?? '127.0.0.1', port };
  throw new WinnowError('USAGE', `No address to listen at: ${JSON.stringify(text)}`, {
    where: '--listen',
    next: 'Name a port, as in --listen 9464, or an address and a port, as in --listen 0.0.0.0:9464.',
  });
}

/**
 * `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever restarts processes and sends them work. They say figures and
 * reasons, and nothing of URLs, hosts or projects.
 * @returns the port, and what ends it
 * @throws WinnowError USAGE where that address cannot be had
 */
export async function serveOperations(
  options: OperationsServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { host, port } = options.listen;
  const server = createServer((request, response) => void answer(request, response, options));
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new WinnowError('USAGE', `This address cannot be listened at: ${(error as Error).message}`, {
      where: '--listen',
      next: 'Name another port, or an address of this machine.',
      cause: error,
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Never rejects. */
async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { metrics, unhealthy, unready }: OperationsServerOptions,
): Promise<void> {
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(method === 'HEAD' ? undefined : text);
  };
  const judge = (problem: string | null): void => (problem === null ? say(200, 'ok\n') : say(AWAY, `${problem}\n`));
  try {
    if (method !== 'GET' && method !== 'HEAD') say(WRONG_METHOD, 'GET alone\n');
    else if (url === '/healthz') judge(unhealthy());
    else if (url === '/readyz') judge(await unready());
    else if (url === '/metrics') say(200, await metrics.text(), metrics.contentType);
    else say(NOT_FOUND, '/metrics, /healthz or /readyz\n');
  } catch (error) {
    say(INTERNAL, `${(error as Error).name}\n`);
  }
}
