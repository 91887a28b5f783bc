import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a proxy does to the answer of a request; its number counts from 0. */
type Fault = 'cut' | 'flip' | 'lose' | 'refuse' | null;
export type ChooseFault = (number: number, method: string) => Fault;

interface FaultyProxy {
  readonly endpoint: string;
  /** Requests that came. */
  requests(): number;
  stop(): Promise<void>;
}

/**
 * Stands between a client and a server: `cut` ends an answer half way, `flip` changes one bit of its body, `lose` lets the
 * server do its work and answers nothing, `refuse` answers 503 in its place.
 */
export async function startFaultyProxy(target: string, choose: ChooseFault): Promise<FaultyProxy> {
  let number = 0;
  const server = createServer((incoming, outgoing) => {
    const fault = choose(number, incoming.method ?? 'GET');
    number += 1;
    if (fault === 'refuse') {
      incoming.resume();
      outgoing.writeHead(503, { 'content-length': 0 }).end();
      return;
    }
    pass(incoming, outgoing, { target, fault });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => number,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, fault }: { readonly target: string; readonly fault: Fault },
): void {
  const { hostname, port } = new URL(target);
  const { method, url, headers } = incoming;
  // The name of the host is part of what was signed.
  const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      if (fault === 'lose') return void outgoing.destroy();
      if (fault === 'flip' && body.length > 0) body[body.length >> 1] = (body[body.length >> 1] as number) ^ 1;
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault !== 'cut' || body.length < 2) return void outgoing.end(body);
      outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy());
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
