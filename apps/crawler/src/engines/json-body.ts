/** A JSON object of unknown fields. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The object that a body holds, or undefined. */
export function parseJsonRecord(body: string): JsonRecord | undefined {
  try {
    return asRecord(JSON.parse(body.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** No engine gives as many results at once; who does wants to fill the memory. */
const MAX_RESULTS = 2000;

/** The results that a page lists. */
export function asResults(value: unknown): readonly unknown[] {
  return asList(value).slice(0, MAX_RESULTS);
}

/** A whole number from 1 to `max`, or undefined. */
export function asPage(value: unknown, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max ? value : undefined;
}
