import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on 127.0.0.1 that remembers what it was asked. */
export interface LoopbackServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** `host/path`, in the order in which they came. */
  readonly requests: string[];
  /** Connections opened, whether or not a request followed. */
  readonly connections: number;
  close(): Promise<void>;
}

export async function startLoopbackServer(route: Route): Promise<LoopbackServer> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
    route(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await listen(server);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}
