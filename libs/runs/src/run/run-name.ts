/** What a run folder is named after. */
export interface RunNameParts {
  /** ISO date or time; the day is used. */
  readonly date: string;
  readonly project: string;
  readonly method: string;
  readonly seed: number;
}

/** `<date>-<project>-<method>-s<seed>`, in characters that every file system takes. */
export function runFolderName({ date, project, method, seed }: RunNameParts): string {
  return `${slug(date.slice(0, 10))}-${slug(project)}-${slug(method)}-s${seed}`;
}

function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'unnamed' : plain;
}
