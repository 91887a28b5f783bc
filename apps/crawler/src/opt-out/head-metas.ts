import { scanTags } from '../engines/parse-html';

/** A meta element, its name in lower case. */
export interface Meta {
  readonly name: string;
  readonly content: string;
}

const MAX_METAS = 1000;

/** The meta elements of a page before its body, as a browser without scripts would see them. */
export function headMetas(html: string): readonly Meta[] {
  const metas: Meta[] = [];
  scanTags(html, ({ name, attribute }) => {
    if (name === 'meta') {
      const value = (of: string) => (attribute(of) ?? '').trim();
      metas.push({ name: value('name').toLowerCase(), content: value('content') });
    }
    return name === 'body' || metas.length === MAX_METAS ? 'stop' : undefined;
  });
  return metas;
}
