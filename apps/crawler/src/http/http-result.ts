import type { Outcome } from '@winnow/contracts';

export interface HttpResponse {
  readonly ok: true;
  readonly status: number;
  /** By lower-case name; several of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of X-Robots-Tag, one a header line. */
  readonly robotsTags: readonly string[];
  /** Decoded. */
  readonly body: Buffer;
  /** After redirects. */
  readonly finalUrl: string;
  /** Of a body that may be cut: why it ended early, other than by its length; what had come is here. */
  readonly brokenOff?: HttpFailure;
}

export interface HttpFailure {
  readonly ok: false;
  readonly outcome: Outcome;
  /** For people, one line. */
  readonly detail: string;
  /** Whether the same request may well succeed a little later. Time-outs cost much, so they are left to a later run. */
  readonly transient: boolean;
  readonly status?: number;
  readonly retryAfterMillis?: number;
  /** The host that answered, where redirects may have led to another one. */
  readonly host?: string;
}

export type HttpResult = HttpResponse | HttpFailure;

export function httpFailure(
  outcome: Outcome,
  detail: string,
  more: {
    readonly transient?: boolean;
    readonly status?: number;
    readonly retryAfterMillis?: number;
    readonly host?: string;
  } = {},
): HttpFailure {
  return { ok: false, outcome, detail, transient: false, ...more };
}
