/** What went wrong, as a closed list: callers switch on it, people read the message. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'DATABASE_BUSY'
  | 'DATABASE_DAMAGED'
  | 'DATABASE_UNREACHABLE'
  | 'DATA_CORRUPT'
  | 'DISK_FULL'
  | 'ENGINE_UNAVAILABLE'
  | 'FILE_NOT_FOUND'
  | 'FILE_NOT_WRITABLE'
  | 'FORMAT_INVALID'
  | 'IMAGE_UNREADABLE'
  | 'INTERNAL'
  | 'INTERRUPTED'
  | 'MISSING_INPUT'
  | 'RESOURCE_LIMIT'
  | 'SHAPE_MISMATCH'
  | 'STORE_MISMATCH'
  | 'STORE_UNREACHABLE'
  | 'TEACHER_MISMATCH'
  | 'USAGE';

export interface WinnowErrorOptions {
  /** File and key, URL, or shard and offset that the message is about. */
  readonly where?: string;
  /** What the person should do next, as a sentence. */
  readonly next?: string;
  /** What belongs to the next step and needs lines of its own, such as a command to copy. */
  readonly lines?: readonly string[];
  readonly cause?: unknown;
}

const USAGE_CODES: ReadonlySet<ErrorCode> = new Set(['CONFIG_INVALID', 'USAGE']);

/** The one error class of winnow: what (message), where, and what to do next. Prints as one line. */
export class WinnowError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly next: string | undefined;
  readonly lines: readonly string[];

  constructor(code: ErrorCode, message: string, options: WinnowErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WinnowError';
    this.code = code;
    this.where = options.where;
    this.next = options.next;
    this.lines = options.lines ?? [];
  }

  /** Exit code of the process that this error ends: 2 for usage and configuration, 130 interrupted, else 1. */
  get exitCode(): 1 | 2 | 130 {
    if (this.code === 'INTERRUPTED') return 130;
    return USAGE_CODES.has(this.code) ? 2 : 1;
  }

  /** `what (where). Next step.` on one line. */
  toLine(): string {
    const where = this.where === undefined ? '' : ` (${this.where})`;
    const next = this.next === undefined ? '' : ` ${this.next}`;
    return `${this.message.replace(/\.$/, '')}${where}.${next}`.replace(/\s*\n\s*/g, ' ');
  }
}

/** True for a WinnowError of any copy of this module. */
export function isWinnowError(error: unknown): error is WinnowError {
  return error instanceof Error && error.name === 'WinnowError' && 'code' in error;
}
