import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { StudioEvent, StudioTopic } from '@winnow/contracts';

/** One stream a browser; its tabs hand events on to one another. */
const MAX_LISTENERS = 32;
const HEARTBEAT_MILLIS = 15_000;
/** A browser that takes nothing, as it sleeps, is let go: it comes back and reads the state anew. */
const MAX_WAITING_BYTES = 1 << 20;

/** Numbered events to all open pages. A page that missed a number asks for everything again. */
export class EventStream {
  /** With the capability of whoever listens. */
  readonly #listeners = new Map<ServerResponse, string>();
  readonly #tasks: (() => void)[] = [];
  #number = 0;
  #heartbeat: NodeJS.Timeout | undefined;

  /** Of the last event; 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /** Does something at every heartbeat: while somebody listens. */
  atHeartbeat(task: () => void): void {
    this.#tasks.push(task);
  }

  publish(topic: StudioTopic, about: { readonly person?: string } = {}): void {
    this.#number += 1;
    const event: StudioEvent = { number: this.#number, topic, ...about };
    this.#send(`id: ${this.#number}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Answers with the stream. @param capability of whoever asks @returns false where there are too many */
  listen(reply: FastifyReply, capability: string): boolean {
    if (this.#listeners.size >= MAX_LISTENERS) return false;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    // Says where the numbers stand, so that the first event to come shows whether one was missed.
    raw.write(`id: ${this.#number}\n: listening\n\n`);
    this.#listeners.set(raw, capability);
    raw.on('close', () => this.#remove(raw)).on('error', () => this.#remove(raw));
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MILLIS).unref();
    return true;
  }

  /** Ends the streams of everybody else: their keys open nothing any more. */
  keepOnly(capabilities: ReadonlySet<string>): void {
    for (const [listener, capability] of this.#listeners) {
      if (capabilities.has(capability)) continue;
      listener.end();
      this.#remove(listener);
    }
  }

  close(): void {
    this.keepOnly(new Set());
  }

  #beat(): void {
    this.#send(': \n\n');
    for (const task of this.#tasks) task();
  }

  #send(text: string): void {
    for (const listener of this.#listeners.keys()) {
      if (listener.writableLength > MAX_WAITING_BYTES) listener.destroy();
      else listener.write(text);
    }
  }

  #remove(listener: ServerResponse): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
