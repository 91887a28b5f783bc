import type { PGlite } from '@electric-sql/pglite';

/** Sends messages of Postgres' protocol and gives the responses, at once. @throws what the database throws */
export type ProtocolExchange = (messages: Uint8Array) => Uint8Array;

const NOTHING = new Uint8Array(0);

/**
 * The exchange with an embedded database. Its `execProtocolRawSync` parses every response, too, and keeps all that it parsed
 * until the database is closed; after a call of `execProtocolRawStream` it gives the bytes to that call's receiver instead, until
 * `query` or `exec` put it back. So a database has one exchange at a time, and none while it runs a query of its own.
 */
export function protocolExchange(
  client: Pick<PGlite, 'execProtocolRawSync' | 'execProtocolRawStream'>,
): ProtocolExchange {
  const parts: Uint8Array[] = [];
  // They lie in the memory of the database, which uses it again.
  const onRawData = (part: Uint8Array): void => void parts.push(new Uint8Array(part));
  let isReceived = false;
  return (messages) => {
    // It has run when it returns: only files are waited for. What fails here fails again below.
    if (!isReceived) client.execProtocolRawStream(NOTHING, { syncToFs: false, onRawData }).catch(() => undefined);
    parts.length = 0;
    const parsed = client.execProtocolRawSync(messages);
    isReceived = parts.length > 0;
    return isReceived ? Buffer.concat(parts.splice(0)) : parsed;
  };
}
