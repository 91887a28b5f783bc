import { textReply } from '../reply';
import type { Reply } from '../reply';

const PRIVATE = 'User-agent: *\nAllow: /private/preview/\nDisallow: /private/\n';
const ADMIN = 'User-agent: *\nDisallow: /admin/\n';

/** robots.txt of a host: cdn forbids /private/, hosts with an odd number forbid /admin/, the others have none. */
export function robotsTxt(host: string): Reply {
  if (host.startsWith('cdn.')) return textReply(200, 'text/plain', PRIVATE);
  if (/^img\d*[13579]\./.test(host)) return textReply(200, 'text/plain', ADMIN);
  return textReply(404, 'text/plain', 'Not found');
}
