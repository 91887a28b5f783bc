import { compareText, WinnowError } from '@winnow/contracts';

/** As many as a project may have. */
const MAX_CLASSES = 100_000;

/** The different names of a series: the stated ones first, as stated, then others in code-unit order. @throws WinnowError FORMAT_INVALID for too many */
export async function collectClasses(
  names: AsyncIterable<string | null>,
  {
    where,
    stated,
    most = MAX_CLASSES,
  }: { readonly where: string; readonly stated: readonly string[] | null; readonly most?: number },
): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const name of names) {
    if (name !== null) found.add(name);
    if (found.size <= most) continue;
    throw new WinnowError('FORMAT_INVALID', `More than ${most} different classes`, {
      where,
      next: 'Name the column that holds the class with --class-column.',
    });
  }
  const first = new Set(stated);
  return [...first, ...[...found].filter((name) => !first.has(name)).sort(compareText)];
}
