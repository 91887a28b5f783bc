const CLASS_PREFIX = 'class:';

/** The class that a truth names; null: it shows none of them. */
export function classOfTruth(truth: string): string | null {
  return truth.startsWith(CLASS_PREFIX) ? truth.slice(CLASS_PREFIX.length) : null;
}

/** What decides an image to be of a class, or of none. */
export function truthOfClass(className: string | null): string {
  return className === null ? 'open' : `${CLASS_PREFIX}${className}`;
}
