import { fileReply } from './file-reply';
import type { Behaviour } from './file-reply';

/** The image, with an X-Robots-Tag that forbids its use. */
export function optOut(directives: string): Behaviour {
  return (request) => {
    const reply = fileReply(request);
    return { ...reply, headers: { ...reply.headers, 'x-robots-tag': directives } };
  };
}
