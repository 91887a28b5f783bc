/** What a loopback host answers; a function takes over the body where bytes alone do not describe it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | DripBody | CutBody;
}

/** A body that never ends by itself: `bytes` over and over, one a second. */
interface DripBody {
  readonly drip: Uint8Array;
}

/** A body whose connection is cut after `cut`, whatever Content-Length promised. */
interface CutBody {
  readonly cut: Uint8Array;
}

/** A file that an image host serves. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly mime: 'image/jpeg' | 'image/png';
  /** Side of the square image, pixels. */
  readonly side: number;
}

/** One request as the hosts see it. */
export interface HostRequest {
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** How often this URL was asked for, this time included. */
  readonly attempt: number;
}

const encoder = new TextEncoder();

/** A reply with a text body. */
export function textReply(status: number, contentType: string, body: string): Reply {
  return { status, headers: { 'content-type': contentType }, body: encoder.encode(body) };
}

/** A reply with a JSON body. */
export function jsonReply(status: number, value: unknown): Reply {
  return textReply(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** A page. */
export function htmlReply(status: number, body: string): Reply {
  return textReply(status, 'text/html; charset=utf-8', body);
}
