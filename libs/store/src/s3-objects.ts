import type * as S3 from '@aws-sdk/client-s3';
import type { StoreAddress } from '@winnow/config';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { STORE_REQUESTS } from '@winnow/files';
import type { StoreRequest } from '@winnow/files';
import type { ObjectStore, StoredObject } from './object-store';

/** Requests are tried again by the client, as each may be sent twice; answers that were cut within their bodies, here. */
const TRIES = 8;
const CUT_TRIES = 6;
const CONNECT_MILLIS = 5000;
const REQUEST_MILLIS = 60_000;
/** Keys of one request that removes. */
const REMOVED_AT_ONCE = 1000;
/** Whatever the store is, where its endpoint is given: signatures need some name. */
const ANY_REGION = 'us-east-1';

/** The client, and the commands that it takes. */
interface Opened {
  readonly sdk: typeof S3;
  readonly client: S3.S3Client;
}

/** What is told of a request, whoever listens. */
type Asked = Pick<StoreRequest, 'op'> & Partial<Pick<StoreRequest, 'bytes'>>;

/** As far as it is read here; of errors, too. */
interface Answer {
  readonly $metadata?: { readonly httpStatusCode?: number | undefined; readonly attempts?: number | undefined };
  readonly ContentLength?: number | undefined;
}

type Call<T> = (opened: Opened) => Promise<T>;

/** Objects of a bucket, below a prefix. The credentials are those that AWS's tools find. */
export class S3Objects implements ObjectStore {
  readonly rereads = 2;
  readonly #address: StoreAddress;
  #opened: Promise<Opened> | undefined;

  constructor(address: StoreAddress) {
    this.#address = address;
  }

  placeOf(key: string): string {
    return `${this.#address.url}/${key}`;
  }

  /** Always sent, also where the key is there: what a store says of that may be late. */
  async put(key: string, bytes: Uint8Array): Promise<'written'> {
    await this.#send({ op: 'put', bytes: bytes.length }, key, ({ client, sdk }) => {
      return client.send(new sdk.PutObjectCommand({ ...this.#target(key), Body: bytes, ContentLength: bytes.length }));
    });
    return 'written';
  }

  /**
   * Stores an object unless one is there. Not every store knows this condition: some write all the same, and nothing of ours
   * relies on it.
   */
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<'present' | 'written'> {
    try {
      await this.#request({ op: 'put', bytes: bytes.length }, ({ client, sdk }) => {
        return client.send(new sdk.PutObjectCommand({ ...this.#target(key), Body: bytes, IfNoneMatch: '*' }));
      });
      return 'written';
    } catch (error) {
      if (statusOf(error) === 412 || statusOf(error) === 409) return 'present';
      throw this.#failure(error, key);
    }
  }

  async get(key: string): Promise<Buffer | null> {
    for (let tries = 1; ; tries += 1) {
      const body = await this.#orNull('get', key, ({ client, sdk }) => {
        return client.send(new sdk.GetObjectCommand(this.#target(key)));
      });
      if (body === null) return null;
      try {
        const bytes = Buffer.from((await body.Body?.transformToByteArray()) ?? []);
        if (body.ContentLength === undefined || bytes.length === body.ContentLength) return bytes;
        throw new Error(`${bytes.length} of ${body.ContentLength} bytes came`);
      } catch (error) {
        if (tries === CUT_TRIES) throw this.#failure(error, key);
      }
    }
  }

  async sizeOf(key: string): Promise<number | null> {
    const head = await this.#orNull('head', key, ({ client, sdk }) => {
      return client.send(new sdk.HeadObjectCommand(this.#target(key)));
    });
    return head === null ? null : (head.ContentLength ?? 0);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const { bucket, prefix: root } = this.#address;
    let token: string | undefined;
    let last: string | undefined;
    do {
      const page = await this.#send({ op: 'list' }, prefix, ({ client, sdk }) => {
        const asked = { Bucket: bucket, Prefix: `${root}${prefix}`, ContinuationToken: token };
        return client.send(new sdk.ListObjectsV2Command(asked));
      });
      for (const { Key, Size } of page.Contents ?? []) {
        // A store over a folder named one twice while it was written.
        if (Key === last || Key?.startsWith(root) !== true) continue;
        last = Key;
        yield { key: Key.slice(root.length), sizeBytes: Size ?? 0 };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async remove(keys: readonly string[]): Promise<void> {
    const { bucket, prefix } = this.#address;
    for (let from = 0; from < keys.length; from += REMOVED_AT_ONCE) {
      const part = keys.slice(from, from + REMOVED_AT_ONCE);
      const { Errors: [refused] = [] } = await this.#send({ op: 'remove' }, part[0] ?? '', ({ client, sdk }) => {
        const Objects = part.map((key) => ({ Key: `${prefix}${key}` }));
        return client.send(new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
      });
      if (refused === undefined) continue;
      throw new WinnowError('STORE_UNREACHABLE', `The store does not remove an object: ${refused.Message ?? ''}`, {
        where: `s3://${bucket}/${refused.Key ?? ''}`,
        next: 'Give its user the right to remove objects, and run the same command again.',
      });
    }
  }

  /** What was not sent to its end is not there. */
  sweep(): Promise<number> {
    return Promise.resolve(0);
  }

  #target(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#address.bucket, Key: `${this.#address.prefix}${key}` };
  }

  async #send<T extends Answer>(asked: Asked, key: string, call: Call<T>): Promise<T> {
    try {
      return await this.#request(asked, call);
    } catch (error) {
      throw this.#failure(error, key);
    }
  }

  async #orNull<T extends Answer>(op: Asked['op'], key: string, call: Call<T>): Promise<T | null> {
    try {
      return await this.#request({ op }, call);
    } catch (error) {
      if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return null;
      throw this.#failure(error, key);
    }
  }

  async #request<T extends Answer>({ op, bytes }: Asked, call: Call<T>): Promise<T> {
    this.#opened ??= this.#open();
    const opened = await this.#opened;
    const beganMillis = performance.now();
    const publish = (answer: Answer, tries: number): void =>
      STORE_REQUESTS.publish({
        op,
        code: String(answer.$metadata?.httpStatusCode ?? 'none'),
        seconds: (performance.now() - beganMillis) / 1000,
        bytes: bytes ?? (op === 'get' ? (answer.ContentLength ?? 0) : 0),
        retries: tries + (answer.$metadata?.attempts ?? 1) - 2,
      });
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await call(opened);
        publish(answer, tries);
        return answer;
      } catch (error) {
        if (tries < CUT_TRIES && isCut(error)) continue;
        publish((error ?? {}) as Answer, tries);
        throw error;
      }
    }
  }

  /** Loaded where there is a store: it is 20 MB of code. */
  async #open(): Promise<Opened> {
    // Else it tells everybody on Node 20 what its releases of next year need.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
    const sdk = await import('@aws-sdk/client-s3');
    const { endpoint } = this.#address;
    const client = new sdk.S3Client({
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      ...(endpoint !== undefined && process.env['AWS_REGION'] === undefined ? { region: ANY_REGION } : {}),
      // Other stores refuse the checksums that are newer than they are; every whole read is compared with its digest.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      retryMode: 'adaptive',
      maxAttempts: TRIES,
      requestHandler: {
        connectionTimeout: CONNECT_MILLIS,
        requestTimeout: REQUEST_MILLIS,
        throwOnRequestTimeout: true,
        socketTimeout: REQUEST_MILLIS,
      },
    });
    return { sdk, client };
  }

  #failure(error: unknown, key: string): WinnowError {
    if (isWinnowError(error)) return error;
    const name = nameOf(error);
    const isRefused = statusOf(error) === 403 || statusOf(error) === 401 || name === 'CredentialsProviderError';
    const isNowhere = messageOf(error) === 'Region is missing';
    const why = isRefused ? `refuses access: ${name}` : `cannot be used: ${messageOf(error)}`;
    return new WinnowError('STORE_UNREACHABLE', `The store ${why}`, {
      where: this.placeOf(key),
      next: isRefused
        ? 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what else tells who you are, for this bucket.'
        : isNowhere
          ? "Set AWS_REGION, or WINNOW_S3_ENDPOINT where the store is not Amazon's."
          : 'Check WINNOW_STORE, WINNOW_S3_ENDPOINT and the network, and run the same command again; it goes on.',
      cause: error,
    });
  }
}

function isCut(error: unknown): boolean {
  const { message } = error as { readonly message?: unknown };
  return /\baborted\b/.test(String(message));
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

function nameOf(error: unknown): string {
  return String((error as { readonly name?: unknown } | null)?.name ?? '');
}

function messageOf(error: unknown): string {
  const { message, code } = error as { readonly message?: string; readonly code?: string };
  const said =
    message === undefined || message === '' || message === 'UnknownError' ? (code ?? nameOf(error)) : message;
  const status = statusOf(error);
  return status === undefined || status < 300 ? said : `${said} (${status})`;
}
