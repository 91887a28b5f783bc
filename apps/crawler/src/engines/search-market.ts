/** A language with the region that it is asked in. */
export interface SearchMarket {
  /** Lower case: `pt`. */
  readonly language: string;
  /** Upper case: `BR`. */
  readonly region: string;
}

/**
 * Splits `pt-BR`; a language without a region gets the one where most of its speakers live.
 * @returns undefined when it is no language that has a known region
 */
export function searchMarket(tag: string | undefined): SearchMarket | undefined {
  if (tag === undefined) return undefined;
  try {
    const { language, region } = new Intl.Locale(tag).maximize();
    return language === undefined || region === undefined ? undefined : { language, region };
  } catch {
    return undefined;
  }
}
