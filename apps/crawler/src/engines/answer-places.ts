import { parseUrl } from '@winnow/contracts';
import type { ResponseMeta } from './engine';

/** Where an answer came from and, when it is an unfollowed redirect, where it leads. */
export function answerPlaces(meta: ResponseMeta): readonly URL[] {
  const location = meta.status >= 300 && meta.status < 400 ? meta.headers['location'] : undefined;
  return [meta.url, location].flatMap((text) => {
    return text === undefined ? [] : (parseUrl(text, parseUrl(meta.url)) ?? []);
  });
}
