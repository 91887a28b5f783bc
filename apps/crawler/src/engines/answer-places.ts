import type { ResponseMeta } from './engine';

/** Where an answer came from and, when it is an unfollowed redirect, where it leads. */
export function answerPlaces(meta: ResponseMeta): readonly URL[] {
  const location = meta.status >= 300 && meta.status < 400 ? meta.headers['location'] : undefined;
  return [meta.url, location].flatMap((text) => {
    if (text === undefined) return [];
    try {
      return [new URL(text, URL.canParse(meta.url) ? meta.url : undefined)];
    } catch {
      return [];
    }
  });
}
