import { fileReply } from './file-reply';
import type { Behaviour } from './file-reply';

const KEPT = 0.6;
const head = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length * KEPT));

/** The first 60 % of the file, with a Content-Length that agrees with it. */
export const truncated: Behaviour = (request) => {
  const { file } = request;
  return { ...fileReply(request), body: head(file.bytes) };
};

/** The first 60 % of the file under the Content-Length of the whole; then the connection ends. */
export const cutShort: Behaviour = ({ file }) => ({
  status: 200,
  headers: { 'content-type': file.mime, 'content-length': String(file.bytes.length) },
  body: { cut: head(file.bytes) },
});

/** One byte a second. */
export const slow: Behaviour = ({ file }) => ({
  status: 200,
  headers: { 'content-type': file.mime },
  body: { drip: file.bytes },
});
