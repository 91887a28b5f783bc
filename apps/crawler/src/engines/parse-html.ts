import { decodeHTMLStrict } from 'entities';
import { Tokenizer, TokenizerMode } from 'parse5';
import type { Token, TokenHandler } from 'parse5';

export interface Tag {
  /** Lower case; of an end tag with its slash: `/ul`. */
  readonly name: string;
  /** The value of the first attribute of a lower-case name, character references replaced. */
  attribute(name: string): string | undefined;
  /** Where the text goes on behind it. */
  readonly end: number;
}

/** What is written in these is not markup. */
const TEXT_MODES = {
  title: TokenizerMode.RCDATA,
  textarea: TokenizerMode.RCDATA,
  style: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  script: TokenizerMode.SCRIPT_DATA,
} as const;
/** Closes whatever a text that was cut leaves open: a tag that never ends is read as far as it goes. */
const CLOSING = `\f"'>`;
/** What of that has come into a quoted value. */
const CLOSING_IN_VALUE = /\f"?$/;
const nothing = (): void => undefined;

/**
 * Visits the tags of an HTML or XML text in their order, until the visitor says that it has seen enough. Comments, the
 * text of scripts and templates are passed over. No tree is built: linear in time whatever the text is, which parsers
 * of HTML proper are not.
 */
export function scanTags(html: string, visit: (tag: Tag) => 'stop' | undefined): void {
  let templates = 0;
  const pass = (token: Token.TagToken, name: string): void => {
    const attribute = (wanted: string) =>
      token.attrs.find((found) => found.name === wanted)?.value.replace(CLOSING_IN_VALUE, '');
    if (visit({ name, attribute, end: tokenizer.preprocessor.offset + 1 }) === 'stop') tokenizer.pause();
  };
  const handler: TokenHandler = {
    onStartTag(token) {
      if (templates === 0) pass(token, token.tagName);
      // In XML it has no content.
      if (token.selfClosing) return;
      if (token.tagName === 'template') templates += 1;
      if (Object.hasOwn(TEXT_MODES, token.tagName)) {
        tokenizer.state = TEXT_MODES[token.tagName as keyof typeof TEXT_MODES];
      }
    },
    onEndTag(token) {
      if (token.tagName === 'template' && templates > 0) templates -= 1;
      if (templates === 0) pass(token, `/${token.tagName}`);
    },
    onCharacter: nothing,
    onWhitespaceCharacter: nothing,
    onNullCharacter: nothing,
    onComment: nothing,
    onDoctype: nothing,
    onEof: nothing,
  };
  const tokenizer = new Tokenizer({}, handler);
  tokenizer.write(`${html}${CLOSING}`, true);
}

/** A title without the marks that engines highlight words of the query with. */
export function plainTitle(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Longer ones are cut anyway.
  return decodeHTMLStrict(value.slice(0, 20_000).replace(/<\/?(?:b|strong|em|i|mark)(?:\s[^<>]*)?>/gi, ''));
}
