import { htmlReply } from '../reply';
import { gzipBomb } from './gzip-bomb';
import { pixelBomb } from './pixel-bomb';
import { fileReply } from './file-reply';
import type { Behaviour } from './file-reply';
import { forbidden, gone, rate, redirectTo } from './refusals';
import { cutShort, slow, truncated } from './broken-bodies';

const LOGIN = '<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>';

/** A page under the image's URL, honestly declared. */
const html: Behaviour = () => htmlReply(200, LOGIN);

/** A page that claims to be a JPEG. */
const htmlAsJpeg: Behaviour = () => ({ ...htmlReply(200, LOGIN), headers: { 'content-type': 'image/jpeg' } });

/** What an image host does with a request, by name; web.json names them. */
export const IMAGE_HOST_BEHAVIOURS = {
  plain: fileReply,
  gone,
  hotlink: forbidden,
  rate,
  slow,
  html,
  'html-as-jpeg': htmlAsJpeg,
  truncated,
  'cut-short': cutShort,
  'gzip-bomb': gzipBomb,
  'pixel-bomb': pixelBomb,
  redirect: redirectTo(({ url }) => url.pathname.replace('/photos/', '/moved/')),
  'redirect-loopback': redirectTo(({ canaryPort }) => `http://127.0.0.1:${canaryPort}/`),
  'redirect-metadata': redirectTo(() => 'http://169.254.169.254/latest/meta-data/'),
  noai: optOut('noai'),
  noimageai: optOut('noindex, NoImageAI'),
  // The refusal is in robots.txt; whoever asks all the same gets the image, and is counted.
  robots: fileReply,
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof IMAGE_HOST_BEHAVIOURS;

/** The image, with an X-Robots-Tag that forbids its use. */
function optOut(directives: string): Behaviour {
  return (request) => {
    const reply = fileReply(request);
    return { ...reply, headers: { ...reply.headers, 'x-robots-tag': directives } };
  };
}
