import { readFile, stat } from 'node:fs/promises';
import { firstRepeat, WinnowError } from '@winnow/contracts';
import type { ClassNames } from '@winnow/training';

const MAX_LABEL_BYTES = 64 * 1024 * 1024;

/**
 * A class list from a text file, one name a line.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID naming an empty line between names
 */
export async function readClassLabels(file: string): Promise<readonly string[]> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'There is no such label file', {
      where: file,
      next: 'Check the path.',
      cause,
    });
  });
  if (!found.isFile() || found.size > MAX_LABEL_BYTES) {
    throw new WinnowError('FORMAT_INVALID', `The labels are not a text file of at most ${MAX_LABEL_BYTES} bytes`, {
      where: file,
      next: 'Write one name a line.',
    });
  }
  const text = await readFile(file, 'utf8');
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
  const empty = lines.indexOf('');
  if (empty === -1) return lines;
  throw new WinnowError('FORMAT_INVALID', `Line ${empty + 1} of the labels is empty`, {
    where: file,
    next: 'Name every output; the first line is output 0.',
  });
}

/** `OURS=THEIRS`, each once. @throws WinnowError USAGE */
export function readRenames(texts: readonly string[]): ClassNames {
  const pairs = texts.map((text) => {
    const at = text.indexOf('=');
    const [ours, theirs] = [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()];
    if (at > 0 && ours !== '' && theirs !== '') return [ours, theirs] as const;
    throw new WinnowError('USAGE', `"${text.slice(0, 100)}" is not OURS=THEIRS`, {
      where: '--rename',
      next: 'Write our class, an equals sign, and its name or #NUMBER at the teacher.',
    });
  });
  const double = firstRepeat(pairs.map(([ours]) => ours));
  if (double === undefined) return Object.fromEntries(pairs);
  throw new WinnowError('USAGE', `${double} is renamed twice`, { where: '--rename', next: 'Keep one of them.' });
}
