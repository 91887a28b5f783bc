import { WinnowError } from '@winnow/contracts';

/**
 * Makes class names of what sources state: names as they are, numbers by a list of classes.
 * @param classes null where there is no such list
 * @param where named in errors
 * @throws (the result) WinnowError MISSING_INPUT for a number without a list, FORMAT_INVALID for one beyond it
 */
export function classNamer(classes: readonly string[] | null, where: string): (value: unknown) => string | null {
  const names = new Set(classes);
  return (value) => {
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    if (text === '') return null;
    if (names.has(text) || !/^\d{1,9}$/.test(text)) return text;
    if (classes === null) {
      throw new WinnowError('MISSING_INPUT', `The source gives classes by number (${text}) and no names`, {
        where,
        next: 'Name them in order: --classes cat,dog,bird.',
      });
    }
    const name = classes[Number(text)];
    if (name !== undefined) return name;
    throw new WinnowError('FORMAT_INVALID', `Class ${text} is not among the ${classes.length} classes`, {
      where,
      next: 'Name all of them in order: --classes cat,dog,bird.',
    });
  };
}
