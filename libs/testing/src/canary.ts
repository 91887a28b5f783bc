import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A listener on a private address that a sound crawler never connects to. */
export interface Canary {
  readonly port: number;
  connections(): number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1, counts connections and drops them. */
export async function startCanary(): Promise<Canary> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
