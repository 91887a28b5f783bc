import { unescapeHtml } from './unescape-html';

export interface Tag {
  /** Lower case; of an end tag with its slash: `/ul`. */
  readonly name: string;
  /** By lower-case name, character references replaced. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Where the text goes on behind it. */
  readonly end: number;
}

const NAME = /\/?[a-z][^\s/>]*/iy;
const ATTRIBUTE = /[\s/]*([^\s/>=]+)\s*(=\s*)?/y;
const UNQUOTED = /[^\s>]*/y;
/** What is written in these is not markup. */
const RAW_TEXT: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title', 'template']);

/**
 * The tags of an HTML or XML text in their order, without building a tree: linear in time whatever the text
 * is, which parsers of HTML proper are not. Comments and the text of scripts are passed over.
 */
export function* scanTags(html: string): Generator<Tag> {
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      at = html.indexOf('-->', at + 4);
      if (at === -1) return;
      continue;
    }
    const name = match(NAME, html, at + 1)?.[0].toLowerCase();
    if (name === undefined) {
      at += 1;
      continue;
    }
    const { attributes, end } = readAttributes(html, at + 1 + name.length);
    yield { name, attributes, end };
    at = end;
    if (RAW_TEXT.has(name) && html[at - 2] !== '/') {
      at = endOfRawText(html, name, at);
      if (at === -1) return;
    }
  }
}

function readAttributes(html: string, start: number): { attributes: Map<string, string>; end: number } {
  const attributes = new Map<string, string>();
  let at = start;
  for (;;) {
    const found = match(ATTRIBUTE, html, at);
    if (found === null) break;
    at += found[0].length;
    let value = '';
    if (found[2] !== undefined) {
      const quote = html[at];
      if (quote === '"' || quote === "'") {
        const close = html.indexOf(quote, at + 1);
        // A quote that never ends swallows the rest: the text was cut.
        const end = close === -1 ? html.length : close;
        value = html.slice(at + 1, end);
        at = end + 1;
      } else {
        value = match(UNQUOTED, html, at)?.[0] ?? '';
        at += value.length;
      }
    }
    const name = (found[1] ?? '').toLowerCase();
    if (!attributes.has(name)) attributes.set(name, unescapeHtml(value));
  }
  const close = html.indexOf('>', at);
  return { attributes, end: close === -1 ? html.length : close + 1 };
}

function endOfRawText(html: string, name: string, start: number): number {
  const end = new RegExp(`</${name}[\\s/>]`, 'gi');
  end.lastIndex = start;
  return end.exec(html)?.index ?? -1;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
