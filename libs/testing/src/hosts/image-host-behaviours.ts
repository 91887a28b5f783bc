import { gzipBomb } from './gzip-bomb';
import { pixelBomb } from './pixel-bomb';
import { html, htmlAsJpeg } from './html-instead';
import { fileReply } from './file-reply';
import type { Behaviour } from './file-reply';
import { forbidden, gone, rate, redirectTo } from './refusals';
import { cutShort, slow, truncated } from './broken-bodies';
import { optOut } from './opt-out';

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
