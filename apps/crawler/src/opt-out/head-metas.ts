/** A meta element, names in lower case. */
export interface Meta {
  readonly name: string;
  readonly content: string;
}

/** Elements whose content is text, whatever it looks like. */
const TEXT_ONLY: ReadonlySet<string> = new Set(['script', 'style', 'title', 'textarea', 'template', 'iframe']);
const TAG_NAME = /[a-z][^\s/>]*/y;
const ATTRIBUTE = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?/y;
const MAX_METAS = 1000;

/**
 * The meta elements of a page before its body, as a browser without scripts would see them. One pass over the text,
 * whatever it holds: a parser that builds a tree is too easily kept busy.
 */
export function headMetas(html: string): readonly Meta[] {
  // Of the same length, so that offsets agree.
  const lower = html.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const metas: Meta[] = [];
  let at = 0;
  while (metas.length < MAX_METAS) {
    at = lower.indexOf('<', at);
    if (at < 0) return metas;
    if (lower.startsWith('<!--', at)) {
      at = after(lower, '-->', at + 2);
      continue;
    }
    const name = match(TAG_NAME, lower, at + 1)?.[0];
    at += 1 + (name?.length ?? 0);
    if (name === 'body') return metas;
    if (name === undefined) continue;
    const { attributes, end } = readAttributes(html, at);
    at = end;
    if (name === 'meta') metas.push({ name: attributes.get('name') ?? '', content: attributes.get('content') ?? '' });
    if (TEXT_ONLY.has(name)) at = after(lower, `</${name}`, at);
  }
  return metas;
}

/** The first attribute of a name counts. */
function readAttributes(html: string, start: number): { attributes: ReadonlyMap<string, string>; end: number } {
  const attributes = new Map<string, string>();
  let at = start;
  for (;;) {
    const found = match(ATTRIBUTE, html, at);
    if (found === null) break;
    const name = (found[1] ?? '').toLowerCase();
    const value = (found[2] ?? found[3] ?? found[4] ?? '').trim();
    if (!attributes.has(name)) attributes.set(name, name === 'name' ? value.toLowerCase() : value);
    at += found[0].length;
  }
  const end = html.indexOf('>', at);
  return { attributes, end: end < 0 ? html.length : end + 1 };
}

function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

/** Where the text goes on after the next occurrence; its end where there is none. */
function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}
