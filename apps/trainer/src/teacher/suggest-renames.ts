import { readFile, realpath } from 'node:fs/promises';
import { addRenames, type ProjectConfig } from '@winnow/config';
import { writeFileAtomic } from '@winnow/files';
import { nearNames } from '@winnow/files';
import { classSynonyms } from '@winnow/training';
import { describeTeacherNetwork } from './load-teacher';

/**
 * Names of the teacher for classes that it does not know, where exactly one is near: what a person would decide at a glance.
 * @throws WinnowError as describeTeacherNetwork
 */
export async function suggestRenames(config: ProjectConfig): Promise<Readonly<Record<string, string>>> {
  const { classes, rename } = await describeTeacherNetwork(config);
  const names = config.classes.map(({ name }) => name);
  const given = { ...rename, ...config.teacher?.rename };
  const known = new Set([...classes, ...Object.keys(given), ...Object.keys(classSynonyms(classes, names, given))]);
  const suggested = names.flatMap((name) => {
    const near = known.has(name) ? [] : nearNames(name, classes);
    return near.length === 1 ? [[name, near[0] as string] as const] : [];
  });
  return Object.fromEntries(suggested);
}

/**
 * Writes names into `teacher.rename` of the project file.
 * @returns what changed, a line each with - or + before it
 * @throws WinnowError CONFIG_INVALID where the file is not written so that it can be
 */
export async function writeRenames(
  file: string,
  renames: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const before = await readFile(file, 'utf8');
  const after = addRenames(before, renames, file);
  // A link stays one: what it leads to is written.
  await writeFileAtomic(await realpath(file), after);
  return changedLines(before.split(/\r?\n/), after.split(/\r?\n/));
}

/** The lines between what both begin and what both end with. */
function changedLines(before: readonly string[], after: readonly string[]): string[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [
    ...before.slice(start, before.length - end).map((line) => `- ${line}`),
    ...after.slice(start, after.length - end).map((line) => `+ ${line}`),
  ];
}
