import { parseUrl, WinnowError } from '@winnow/contracts';

/** A store of objects that speaks S3's protocol. */
export interface StoreAddress {
  /** As it was given, without a slash at its end: `s3://bucket/prefix`. */
  readonly url: string;
  readonly bucket: string;
  /** Of all keys, empty or with a slash at its end. */
  readonly prefix: string;
  /** Of a store that is not Amazon's, such as `http://127.0.0.1:9000`. */
  readonly endpoint: string | undefined;
}

const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;
const PREFIX_PART = /^(?!\.{1,2}$)[\w.=@-]{1,200}$/;

/**
 * Where originals are kept if not in a folder: WINNOW_STORE, and WINNOW_S3_ENDPOINT.
 * @throws WinnowError CONFIG_INVALID
 */
export function storeAddress(env: Readonly<Record<string, string | undefined>>): StoreAddress | undefined {
  const url = env['WINNOW_STORE']?.trim();
  return url === undefined || url === '' ? undefined : parseStoreAddress(url, env, 'WINNOW_STORE');
}

/**
 * The same of an address that was named otherwise.
 * @param where variable or argument that names it
 * @throws WinnowError CONFIG_INVALID
 */
export function parseStoreAddress(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  where: string,
): StoreAddress {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/.exec(url) ?? [];
  const parts = rest.replace(/\/$/, '').split('/');
  const isPlain = rest === '' || parts.every((part) => PREFIX_PART.test(part));
  if (!BUCKET.test(bucket) || !isPlain) {
    // Names, passwords and keys before an @ and after a question mark are nobody's to read.
    const shown = url.replace(/^.*@/, '…@').replace(/[?#].*$/, '?…');
    throw new WinnowError('CONFIG_INVALID', `"${shown}" is no address of a store`, {
      where,
      next: 'Write it as s3://BUCKET or s3://BUCKET/PREFIX, of letters, digits and - _ . = @',
    });
  }
  const prefix = rest === '' ? '' : `${parts.join('/')}/`;
  return { url: `s3://${bucket}/${prefix}`.replace(/\/$/, ''), bucket, prefix, endpoint: endpointOf(env) };
}

function endpointOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const text = env['WINNOW_S3_ENDPOINT']?.trim();
  if (text === undefined || text === '') return undefined;
  const url = parseUrl(text);
  const isPlain =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (isPlain) return text.replace(/\/$/, '');
  throw new WinnowError('CONFIG_INVALID', 'The endpoint of the store is no address', {
    where: 'WINNOW_S3_ENDPOINT',
    next: 'Write it as https://HOST:PORT, without name and password: those are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  });
}
