import { textReply } from '../reply';
import { fileReply } from './file-reply';
import type { Behaviour, ImageRequest } from './file-reply';

/** 404. */
export const gone: Behaviour = () => textReply(404, 'text/plain', 'Not found');

/** 403 to hot-linking: the image only for a Referer that is a page which shows it. */
export const forbidden: Behaviour = (request) =>
  request.pages.includes(request.headers['referer'] ?? '')
    ? fileReply(request)
    : textReply(403, 'text/plain', 'Hot-linking is not allowed');

/** 429 with Retry-After of one second to the first request, the image from then on. */
export const rate: Behaviour = (request) => {
  if (request.attempt > 1) return fileReply(request);
  const refusal = textReply(429, 'text/plain', 'Too many requests');
  return { ...refusal, headers: { ...refusal.headers, 'retry-after': '1' } };
};

/** 302 to a place that depends on the request. */
export function redirectTo(target: (request: ImageRequest) => string): Behaviour {
  return (request) => ({ status: 302, headers: { location: target(request) }, body: new Uint8Array(0) });
}
