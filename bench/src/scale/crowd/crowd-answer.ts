import { htmlReply, textReply } from '@winnow/testing';
import type { Reply } from '@winnow/testing';
import type { CrowdBehaviour } from './crowd-plan';
import { crowdImage } from './crowd-image';

const KEPT = 0.6;

/** What the host of an image answers to the given request for it, from 1; `reset`: the connection is cut at once. */
export function crowdResponse(image: number, behaviour: CrowdBehaviour, attempt: number): Reply | 'reset' {
  const whole = (): Reply => imageReply(crowdImage(image));
  const isFirst = attempt === 1;
  switch (behaviour) {
    case 'image':
      return whole();
    case 'gone':
      return textReply(404, 'text/plain', 'Not found');
    case 'busy-once':
      return isFirst ? textReply(503, 'text/plain', 'Busy') : whole();
    case 'reset-once':
      return isFirst ? 'reset' : whole();
    case 'truncated': {
      const bytes = crowdImage(image);
      return imageReply(bytes.subarray(0, Math.floor(bytes.length * KEPT)));
    }
    case 'rate-once': {
      if (!isFirst) return whole();
      const refusal = textReply(429, 'text/plain', 'Too many requests');
      return { ...refusal, headers: { ...refusal.headers, 'retry-after': '1' } };
    }
    case 'html':
      return htmlReply(200, `<!doctype html><title>Image ${image}</title><p>See our gallery.</p>`);
  }
}

function imageReply(body: Uint8Array): Reply {
  return { status: 200, headers: { 'content-type': 'image/png' }, body };
}
