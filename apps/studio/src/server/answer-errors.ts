import type { FastifyInstance } from 'fastify';
import { isWinnowError } from '@winnow/contracts';
import type { ErrorCode } from '@winnow/contracts';
import { ZodError } from 'zod';
import { ReadingImages } from '../images/studio-images';
import type { StudioContext } from './studio-context';

const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  CONFIG_INVALID: 400,
  USAGE: 400,
  FORMAT_INVALID: 400,
  MISSING_INPUT: 404,
  FILE_NOT_FOUND: 404,
  IMAGE_UNREADABLE: 422,
  DATA_CORRUPT: 422,
  RESOURCE_LIMIT: 429,
  DATABASE_BUSY: 503,
  DATABASE_UNREACHABLE: 503,
  STORE_UNREACHABLE: 503,
  INTERRUPTED: 503,
};

/** An answer that is no WinnowError. */
export class HttpError extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** What an answer of an error says; fields as in what commands print with --json. */
interface ErrorAnswer {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string | undefined;
  readonly next?: string | undefined;
  /** Asked again after a second, it may be well. */
  readonly isPassing?: true;
}

/** Has errors of all routes answered as JSON: what, where and what to do next; of the unforeseen only that it happened. */
export function answerErrors(server: FastifyInstance, { log }: Pick<StudioContext, 'log'>): void {
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { code: 'USAGE', message: 'There is no such address.', where: null, next: null } }),
  );
  server.setErrorHandler((error: unknown, _request, reply) => {
    const { status, code, message, where = null, next = null, isPassing } = answerOf(error);
    if (code === 'INTERNAL') {
      log(`The studio met an error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    if (isPassing) reply.header('retry-after', '1');
    return reply.code(status).send({ error: { code, message, where, next } });
  });
}

function answerOf(error: unknown): ErrorAnswer {
  if (isWinnowError(error)) {
    const { code, message, where, next } = error;
    return { status: STATUS[code] ?? 500, code, message, where, next };
  }
  if (error instanceof ReadingImages) {
    return { status: 503, code: 'RESOURCE_LIMIT', message: error.message, isPassing: true };
  }
  if (error instanceof ZodError) {
    const [issue] = error.issues;
    return { status: 400, code: 'USAGE', message: issue?.message ?? '', where: issue?.path.join('.') };
  }
  const { statusCode = 500, message = '' } = error as Partial<HttpError>;
  if (statusCode < 500) return { status: statusCode, code: 'USAGE', message };
  if (error instanceof HttpError) return { status: statusCode, code: 'RESOURCE_LIMIT', message };
  return { status: 500, code: 'INTERNAL', message: 'The studio met an error; its terminal shows it.' };
}
