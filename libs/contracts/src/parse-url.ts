/**
 * An absolute URL, or undefined where the text is none. Not by `URL.canParse`: once it is compiled, Node 20 takes the
 * Latin-1 letters of a URL for broken UTF-8 and says that there is none.
 */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
