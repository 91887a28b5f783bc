/** Ending of the folder in which a build is made before it gets its name. */
export const WORKING_ENDING = '.partial';

/** The folder in which a build is made. */
export function workingFolder(directory: string): string {
  return `${directory}${WORKING_ENDING}`;
}

/** The folder that a working folder is to become. */
export function finishedFolder(working: string): string {
  return working.endsWith(WORKING_ENDING) ? working.slice(0, -WORKING_ENDING.length) : working;
}
