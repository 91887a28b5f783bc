import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProtocolExchange } from '../embedded/protocol-exchange';
import {
  errorResponse,
  farewell,
  NO_ENCRYPTION,
  notificationsIn,
  RequestReader,
  statusAfter,
  WELCOME,
} from './wire-messages';

/** How long the end waits for the transaction under way, and for what was said to be read. */
const CLOSING_MILLIS = 10_000;
const FLUSH_MILLIS = 1000;

/** A guest that says nothing for so long within its transaction, while others wait, is put out: it was stopped, or hangs. */
const SILENT_MILLIS = 30_000;

/** What the time of a door is taken from. */
interface DoorClock {
  /** Milliseconds since any moment. */
  now(): number;
  /** Does something later. @returns calls that off */
  later(millis: number, task: () => void): () => void;
}

const CLOCK: DoorClock = {
  now: () => performance.now(),
  later(millis, task) {
    // After what was sent meanwhile is read: this process may have been busy all the time.
    const timer = setTimeout(() => setImmediate(task), millis).unref();
    return () => clearTimeout(timer);
  },
};

interface Client {
  readonly stream: Duplex;
  /** Of another process. */
  readonly isGuest: boolean;
  readonly reader: RequestReader;
  readonly batches: Buffer[];
  isGone: boolean;
  /** When it sent something last, or was answered: it cannot speak while its own statement takes its time. */
  heardAt: number;
}

/**
 * Lets many clients use one PGlite by Postgres' protocol. A client has the session from its first message to the end of its
 * transaction; the others wait in line. What a client that is gone left is rolled back, and a guest that falls silent within its
 * transaction while others wait is put out, which repeats it when it goes on. Settings (`set`), temporary tables and
 * advisory locks of a session are those of all clients: ours are of transactions.
 */
export class Door {
  readonly #exchange: ProtocolExchange;
  readonly #clock: DoorClock;
  readonly #clients = new Set<Client>();
  /** Those who have sent something, in the order in which they wait. */
  readonly #line: Client[] = [];
  #owner: Client | undefined;
  /** Calls off the next look at whether the owner is silent. */
  #unwatch: (() => void) | undefined;
  #isServing = false;
  #isListened = false;
  #isClosing = false;
  #onFree: (() => void) | undefined;
  #clientsSoFar = 0;
  #server: Server | undefined;
  #folder: string | undefined;

  constructor(exchange: ProtocolExchange, clock: DoorClock = CLOCK) {
    this.#exchange = exchange;
    this.#clock = clock;
  }

  /** Lets other processes in. @returns the path of the socket; undefined where the system has none for us alone */
  async listen(): Promise<string | undefined> {
    if (process.platform === 'win32') return undefined;
    try {
      this.#folder = await mkdtemp(path.join(shortFolder(), 'winnow-'));
      const socket = path.join(this.#folder, 'door');
      const server = createServer((stream) => this.serve(stream, true));
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
      this.#server = server;
      await chmod(socket, 0o600);
      return socket;
    } catch {
      await this.#stopListening();
      return undefined;
    }
  }

  /** Serves a client at the other end of a stream. @param isGuest it is another process */
  serve(stream: Duplex, isGuest: boolean): void {
    if (this.#isClosing) {
      stream.destroy();
      return;
    }
    this.#clientsSoFar += 1;
    const reader = new RequestReader(`c${this.#clientsSoFar}_`);
    const client: Client = { stream, isGuest, reader, batches: [], isGone: false, heardAt: this.#clock.now() };
    this.#clients.add(client);
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      client.heardAt = this.#clock.now();
      for (const request of reader.read(chunk)) {
        if (request.kind === 'start') stream.write(WELCOME);
        else if (request.kind === 'encryption') stream.write(NO_ENCRYPTION);
        else if (request.kind === 'end') stream.end();
        else this.#enqueue(client, request.messages);
      }
      this.#serveLine();
    });
    stream.on('end', () => stream.end());
    stream.on('close', () => this.#leave(client));
  }

  /**
   * Waits for the transaction under way and ends all connections; what waits in line is not done, and its senders know that
   * from their connection's end.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#owner !== undefined) {
      const isFree = new Promise<void>((resolve) => (this.#onFree = resolve));
      await Promise.race([isFree, delay(CLOSING_MILLIS, undefined, { ref: false })]);
    }
    this.#unwatch?.();
    await this.#stopListening();
    const ended = [...this.#clients].map(({ stream }) => new Promise<void>((resolve) => stream.end(() => resolve())));
    await Promise.race([Promise.all(ended), delay(FLUSH_MILLIS, undefined, { ref: false })]);
    for (const client of this.#clients) {
      client.stream.destroy();
      this.#leave(client);
    }
  }

  async #stopListening(): Promise<void> {
    this.#server?.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  #enqueue(client: Client, batch: Buffer): void {
    client.batches.push(batch);
    if (!this.#line.includes(client)) this.#line.push(client);
  }

  #leave(client: Client): void {
    if (client.isGone) return;
    client.isGone = true;
    this.#clients.delete(client);
    client.batches.length = 0;
    const isOwner = this.#owner === client;
    if (!isOwner && client.reader.statements.size === 0) return;
    this.#enqueue(client, farewell(client.reader.statements, isOwner));
    this.#serveLine();
  }

  /** A response may be read at once, and bring the next request. */
  #serveLine(): void {
    if (this.#isServing) return;
    this.#isServing = true;
    for (let client = this.#next(); client !== undefined; client = this.#next()) this.#execute(client);
    this.#isServing = false;
    this.#watchOwner();
  }

  /**
   * Of a guest that others wait for it is looked again when it will have been silent for too long.
   * @param isAllRead what lay in the sockets when that time was over has been read since
   */
  #watchOwner(isAllRead = false): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    const owner = this.#owner;
    if (owner === undefined || !owner.isGuest || owner.isGone || this.#line.length === 0) return;
    const leftMillis = owner.heardAt + SILENT_MILLIS - this.#clock.now();
    if (leftMillis > 0) this.#unwatch = this.#clock.later(leftMillis, () => this.#watchOwner());
    // This process may have been busy all the time, and what another sent may be read first.
    else if (!isAllRead) this.#unwatch = this.#clock.later(0, () => this.#watchOwner(true));
    // Its end rolls back what it left, as that of any client.
    else owner.stream.destroy();
  }

  #next(): Client | undefined {
    if (this.#owner !== undefined) return this.#owner.batches.length > 0 ? this.#owner : undefined;
    for (;;) {
      const client = this.#line.shift();
      if (client === undefined || (client.batches.length > 0 && (client.isGone || !this.#isClosing))) return client;
    }
  }

  #execute(client: Client): void {
    const response = this.#respond(client.batches.shift() ?? Buffer.alloc(0));
    const isIdle = statusAfter(response) === 'idle';
    this.#owner = isIdle ? undefined : client;
    if (isIdle && client.batches.length > 0 && !this.#line.includes(client)) this.#line.push(client);
    if (!client.isGone) client.stream.write(response);
    client.heardAt = this.#clock.now();
    this.#notify(client, response);
    if (isIdle) this.#onFree?.();
  }

  #respond(batch: Buffer): Uint8Array {
    this.#isListened ||= /\blisten\b/i.test(batch.toString('latin1', 0, 200));
    try {
      const response = this.#exchange(batch);
      if (response.length > 0) return response;
      return errorResponse('XX000', 'The embedded database does not respond');
    } catch (error) {
      return errorResponse('XX000', error instanceof Error ? error.message : String(error));
    }
  }

  #notify(sender: Client, response: Uint8Array): void {
    if (!this.#isListened) return;
    for (const notification of notificationsIn(response)) {
      for (const client of this.#clients) if (client !== sender) client.stream.write(notification);
    }
  }
}

/** Paths of sockets have 107 bytes, and Node cuts longer ones without a word. */
function shortFolder(): string {
  return Buffer.byteLength(tmpdir()) > 80 ? '/tmp' : tmpdir();
}
