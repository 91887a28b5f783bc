import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WinnowError } from '@winnow/contracts';
import type { StudioProof } from '@winnow/contracts';
import { z } from 'zod';
import { answerErrors, HttpError } from './answer-errors';
import { guard } from './request-guard';
import { ROUTE_MODULES } from './route-modules';
import { servePage } from './static-page';
import type { PageFiles } from './static-page';
import type { StudioContext } from './studio-context';
import type { StudioKeys, StudioPerson } from './studio-keys';

const MAX_BODY_BYTES = 1 << 20;
const MAX_CONNECTIONS = 256;
const REQUEST_MILLIS = 30_000;

const proofSchema = z.object({ nonce: z.string().regex(/^[\w-]{20,100}$/) });

/** What the server is made of beside its context, which needs the server's own answers about people. */
export interface StudioServerParts {
  readonly page: PageFiles;
  readonly context: Omit<StudioContext, 'personOf'>;
}

/** The server with all routes; it listens to nobody yet. */
export function createStudioServer({ page, context }: StudioServerParts): FastifyInstance {
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    // Before anything is routed.
    serverFactory: (handler) => {
      const http = createServer({ requireHostHeader: false }, (request, response) => {
        const { port } = http.address() as AddressInfo;
        if (guard(request, response, port)) handler(request, response);
      });
      http.maxConnections = MAX_CONNECTIONS;
      // Not by fastify's options, which are for servers that it makes itself.
      http.requestTimeout = REQUEST_MILLIS;
      return http;
    },
  });
  server.removeContentTypeParser('text/plain');
  const people = new WeakMap<FastifyRequest, StudioPerson>();
  server.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    const person = await personWithKey(context.keys, request.headers.authorization);
    if (person === null)
      throw new HttpError(401, 'The key of the studio is missing or wrong: open the link that it printed.');
    people.set(request, person);
    requireRight(request, person, context.isReadOnly);
  });
  const whole: StudioContext = {
    ...context,
    personOf(request) {
      const person = people.get(request);
      if (person === undefined) throw new WinnowError('INTERNAL', 'Only requests below /api/ are somebody’s');
      return person;
    },
  };
  answerErrors(server, context);
  for (const register of ROUTE_MODULES) register(server, whole);
  server.get('/api/events', (request, reply) => {
    if (!context.events.listen(reply, whole.personOf(request).capability))
      throw new HttpError(503, 'Too many browsers listen already.');
  });
  // Without a key: nobody sends theirs before this is right.
  server.get('/proof', async (request): Promise<StudioProof> => {
    const { port } = server.server.address() as AddressInfo;
    return { proofs: await context.keys.proofs(proofSchema.parse(request.query).nonce, port) };
  });
  servePage(server, page);
  return server;
}

const BEARER = /^Bearer ([\w-]{20,100})$/;

async function personWithKey(keys: StudioKeys, header: string | undefined): Promise<StudioPerson | null> {
  const key = BEARER.exec(header ?? '')?.[1];
  return key === undefined ? null : keys.personOf(key);
}

/** Asking is for everybody with a key; what changes something for owners, and for reviewers where a route says so. */
function requireRight({ method, routeOptions }: FastifyRequest, { role }: StudioPerson, isReadOnly: boolean): void {
  if (method === 'GET' || method === 'HEAD' || routeOptions.config.changesNothing === true) return;
  if (isReadOnly) throw new HttpError(403, 'This studio was started with --read-only.');
  if (role === 'reviewer' && routeOptions.config.isForReviewers !== true) {
    throw new HttpError(403, 'Reviewers decide of images; this is for owners.');
  }
}
