import { request } from 'node:http';

export interface LoopbackResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** False when the connection ended before the body did. */
  readonly complete: boolean;
}

/** GET of `url` from a server on 127.0.0.1, whatever host the URL names. Follows no redirect and decodes nothing. */
export function loopbackGet(
  port: number,
  url: string,
  headers: Record<string, string> = {},
): Promise<LoopbackResponse> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: pathname + search, headers: { host, ...headers }, agent: false };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      const finish = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          complete: response.complete,
        });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', finish).on('error', finish);
    });
    sent.on('error', reject).end();
  });
}
