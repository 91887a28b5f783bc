/** Names of outputs for project classes that the teacher calls otherwise; `#12` is output 12. */
export type ClassNames = Readonly<Record<string, string>>;

/**
 * The teacher's names of classes that it writes otherwise: the same but for case, hyphens, underscores and spaces, or one
 * of several names between commas ("gas pump, petrol pump" for gas-pump). Only where exactly one of its outputs fits, and
 * only for classes that it does not have by their own name. Nothing else is guessed, no plural either.
 * @param rename what a person says; those classes are left alone
 */
export function classSynonyms(
  teacherClasses: readonly string[],
  ourClasses: readonly string[],
  rename: ClassNames,
): ClassNames {
  const known = new Set(teacherClasses);
  const open = ourClasses.filter((name) => !known.has(name) && !Object.hasOwn(rename, name));
  if (open.length === 0) return {};
  const wanted = new Set(open.map(plainName));
  /** Output by name; null where several are called so. */
  const outputs = new Map<string, number | null>();
  teacherClasses.forEach((name, index) => {
    for (const part of new Set([name, ...name.split(',')].map(plainName))) {
      if (wanted.has(part)) outputs.set(part, outputs.has(part) ? null : index);
    }
  });
  return Object.fromEntries(
    open.flatMap((name) => {
      const index = outputs.get(plainName(name)) ?? null;
      return index === null ? [] : [[name, teacherClasses[index] as string] as const];
    }),
  );
}

const MAX_SHOWN = 20;

/** For a person: which classes were taken by another name; null where none was. */
export function describeSynonyms(synonyms: ClassNames): string | null {
  const entries = Object.entries(synonyms);
  if (entries.length === 0) return null;
  const shown = entries.slice(0, MAX_SHOWN).map(([ours, theirs]) => `${ours} is "${theirs}"`);
  const rest = entries.length > MAX_SHOWN ? `; and ${entries.length - MAX_SHOWN} more` : '';
  return `Names that fit one class of the teacher each were taken: ${shown.join('; ')}${rest}. teacher.rename says otherwise.`;
}

function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ')
    .trim();
}
