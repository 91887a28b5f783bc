import { createHash } from 'node:crypto';
import type { HostRequest, Reply, ServedFile } from '../reply';

/** A request for a listed image. */
export interface ImageRequest extends HostRequest {
  readonly file: ServedFile;
  /** The pages that show the image. */
  readonly pages: readonly string[];
  /** Where a listener counts connections that must never come. */
  readonly canaryPort: number;
}

/** How an image host answers. Depends on the request and its attempt number only, never on time. */
export type Behaviour = (request: ImageRequest) => Reply;

/** The image with its ETag; 304 to whoever has it. */
export const fileReply: Behaviour = ({ file, headers }) => {
  const etag = `"${createHash('sha1').update(file.bytes).digest('hex').slice(0, 16)}"`;
  const common = { etag, 'cache-control': 'max-age=3600' };
  if (headers['if-none-match'] === etag) return { status: 304, headers: common, body: new Uint8Array(0) };
  return { status: 200, headers: { ...common, 'content-type': file.mime }, body: file.bytes };
};
