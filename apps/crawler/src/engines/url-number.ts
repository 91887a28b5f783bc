/** The whole number of at least 0 that a parameter of a URL holds; undefined without one, or without a URL. */
export function urlNumber(url: string, name: string): number | undefined {
  const text = urlParameter(url, name);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A parameter of a URL; undefined without it, or without a URL. */
export function urlParameter(url: string, name: string): string | undefined {
  try {
    return new URL(url).searchParams.get(name) ?? undefined;
  } catch {
    return undefined;
  }
}
