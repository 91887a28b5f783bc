/** What a client of the door has sent, in the pieces in which Postgres responds to it. */
export type ClientRequest =
  | { readonly kind: 'start' }
  | { readonly kind: 'encryption' }
  | { readonly kind: 'end' }
  /** Whole messages, after which the client waits. */
  | { readonly kind: 'batch'; readonly messages: Buffer };

const START_CODE = 196_608;
const CANCEL_CODE = 80_877_102;
/** Messages after which a client waits: a query, the end of a sequence, a flush, the end of a copy. */
const ENDS_BATCH = new Set(['Q', 'S', 'H', 'c', 'f'].map((type) => type.charCodeAt(0)));
const TERMINATE = 'X'.charCodeAt(0);

/**
 * Cuts what a client sends into requests. The one session of PGlite has the prepared statements of all clients: names get
 * a prefix. Format: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class RequestReader {
  /** Names of statements that the client has prepared, with its prefix. */
  readonly statements = new Set<string>();
  readonly #prefix: string;
  #chunks: Buffer[] = [];
  #batch: Buffer[] = [];
  #isStarted = false;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Whole requests, and keeps the rest. */
  *read(chunk: Buffer): Generator<ClientRequest> {
    this.#chunks.push(chunk);
    for (let message = this.#take(); message !== undefined; message = this.#take()) {
      if (!this.#isStarted) {
        yield this.#start(message.readInt32BE(4));
        continue;
      }
      const type = message[0] ?? 0;
      if (type === TERMINATE) {
        yield { kind: 'end' };
        continue;
      }
      this.#batch.push(this.#withOwnNames(message));
      if (!ENDS_BATCH.has(type)) continue;
      yield { kind: 'batch', messages: Buffer.concat(this.#batch) };
      this.#batch = [];
    }
  }

  #start(code: number): ClientRequest {
    if (code === CANCEL_CODE) return { kind: 'end' };
    this.#isStarted = code === START_CODE;
    return { kind: this.#isStarted ? 'start' : 'encryption' };
  }

  /** The next whole message: a type, except for the first, and a length that counts itself. */
  #take(): Buffer | undefined {
    const head = this.#isStarted ? 1 : 0;
    let have = this.#chunks.reduce((sum, { length }) => sum + length, 0);
    if (have < head + 4) return undefined;
    while ((this.#chunks[0]?.length ?? 0) < head + 4) this.#join(2);
    const size = head + (this.#chunks[0]?.readUInt32BE(head) ?? 0);
    if (have < size) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < size) this.#join(this.#chunks.length);
    const [first = Buffer.alloc(0)] = this.#chunks;
    have = first.length - size;
    if (have > 0) this.#chunks[0] = first.subarray(size);
    else this.#chunks.shift();
    return first.subarray(0, size);
  }

  #join(count: number): void {
    this.#chunks.unshift(Buffer.concat(this.#chunks.splice(0, count)));
  }

  /** Parse, Bind, Describe and Close of a statement with a name. */
  #withOwnNames(message: Buffer): Buffer {
    const type = String.fromCharCode(message[0] ?? 0);
    const offset = nameOffset(type, message);
    if (offset === undefined || message[offset] === 0) return message;
    const own = Buffer.from(this.#prefix);
    const named = Buffer.concat([message.subarray(0, offset), own, message.subarray(offset)]);
    named.writeUInt32BE(named.length - 1, 1);
    if (type === 'P') this.statements.add(named.toString('utf8', offset, named.indexOf(0, offset)));
    return named;
  }
}

/** Where the name of a statement begins. */
function nameOffset(type: string, message: Buffer): number | undefined {
  if (type === 'P') return 5;
  if (type === 'B') return message.indexOf(0, 5) + 1;
  return (type === 'D' || type === 'C') && message[5] === 'S'.charCodeAt(0) ? 6 : undefined;
}

/** A message of type, length and body. */
function message(type: string, ...body: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(5, type);
  head.writeUInt32BE(4 + body.reduce((sum, { length }) => sum + length, 0), 1);
  return Buffer.concat([head, ...body]);
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const ready = message('Z', Buffer.from('I'));

/** What a client gets that begins: it is let in, and may send queries. */
export const WELCOME = Buffer.concat([
  message('R', Buffer.alloc(4)),
  ...Object.entries({ client_encoding: 'UTF8', standard_conforming_strings: 'on', integer_datetimes: 'on' }).map(
    ([name, value]) => message('S', text(name), text(value)),
  ),
  ready,
]);

/** "No encryption". */
export const NO_ENCRYPTION = Buffer.from('N');

/** An error in place of a response. @param code SQLSTATE */
export function errorResponse(code: string, reason: string): Buffer {
  const fields = { S: 'ERROR', V: 'ERROR', C: code, M: reason };
  const body = Object.entries(fields).map(([type, value]) => text(`${type}${value}`));
  return Buffer.concat([message('E', ...body, Buffer.alloc(1)), ready]);
}

/** Ends whatever a client has begun that is gone. */
export function farewell(statements: Iterable<string>, isInTransaction: boolean): Buffer {
  const sync = message('S');
  return Buffer.concat([
    ...(isInTransaction ? [sync, message('Q', text('rollback'))] : []),
    ...[...statements].map((name) => message('C', Buffer.from('S'), text(name))),
    sync,
  ]);
}

/** What a response says of the session at its end; undefined: it goes on. */
export function statusAfter(response: Uint8Array): 'idle' | 'in transaction' | undefined {
  const end = Buffer.from(response.buffer, response.byteOffset, response.byteLength).subarray(-6);
  if (end.length < 6 || end[0] !== ready[0] || end.readUInt32BE(1) !== 5) return undefined;
  return end[5] === ready[5] ? 'idle' : 'in transaction';
}

/** Notifications in a response: they are for every client that listens. */
export function* notificationsIn(response: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(response.buffer, response.byteOffset, response.byteLength);
  for (let at = 0; at + 5 <= bytes.length;) {
    const size = 1 + bytes.readUInt32BE(at + 1);
    if (bytes[at] === 'A'.charCodeAt(0)) yield bytes.subarray(at, at + size);
    at += size;
  }
}
