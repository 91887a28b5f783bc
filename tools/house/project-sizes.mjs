import path from 'node:path';

/** Fewer lines than this, and a file is hardly a concept of its own. */
export const SMALL_FILE_LINES = 15;
/** More files than this, specs left out, and a folder cannot be read at a glance. */
export const MAX_FOLDER_FILES = 20;

/** Whether only specs use a file: they are counted apart. @param {string} file */
export function isSpecCode(file) {
  return file.endsWith('.spec.ts') || file.split(path.sep).includes('spec-support');
}

/**
 * Sizes of the TypeScript files of a project.
 * @param {ReadonlyMap<string, string>} texts source text by path
 */
export function sizesOf(texts) {
  const lines = (text) => text.split('\n').length - 1;
  const files = [...texts].map(([file, text]) => ({ file, lines: lines(text) }));
  const production = files.filter(({ file }) => !isSpecCode(file));
  const perFile = production.map((file) => file.lines).sort((a, b) => a - b);
  const folders = new Map();
  for (const { file } of production) folders.set(path.dirname(file), (folders.get(path.dirname(file)) ?? 0) + 1);
  return {
    lines: sum(perFile),
    files: perFile.length,
    median: quantile(perFile, 0.5),
    p90: quantile(perFile, 0.9),
    smallFiles: production.filter((file) => file.lines < SMALL_FILE_LINES).map(({ file }) => file),
    largeFolders: [...folders].filter(([, count]) => count > MAX_FOLDER_FILES).map(([folder]) => folder),
    specLines: sum(files.filter(({ file }) => isSpecCode(file)).map((file) => file.lines)),
  };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The smallest value that at least this fraction of the values do not exceed. @param sorted ascending */
export function quantile(sorted, fraction) {
  return sorted[Math.max(Math.ceil(fraction * sorted.length) - 1, 0)] ?? 0;
}
