import { WinnowError } from '@winnow/contracts';
import { shorten } from '../shorten';

const SPLIT_NAMES: ReadonlySet<string> = new Set([
  'train',
  'training',
  'test',
  'testing',
  'val',
  'valid',
  'validation',
]);

/** @throws WinnowError FORMAT_INVALID where folders are named as the splits of a set, not as classes */
export function refuseSplitFolders(names: readonly string[], { where, next }: Record<'where' | 'next', string>): void {
  if (names.length === 0 || !names.every((name) => SPLIT_NAMES.has(name.toLowerCase()))) return;
  const message = `The folders are parts of a set, not classes: ${shorten(names.join(', '))}`;
  throw new WinnowError('FORMAT_INVALID', message, { where, next });
}

/**
 * The level, from 0, at which the folders of an archive first differ: the one whose names are classes.
 * @param folders of each file, outermost first
 * @returns undefined where all files lie in one folder, or in none
 * @throws WinnowError FORMAT_INVALID where they differ as the splits of a set do
 */
export function classLevel(folders: Iterable<readonly string[]>, where: string): number | undefined {
  const inFolders = [...folders].filter((names) => names.length > 0);
  const deepest = inFolders.reduce((longest, names) => (names.length > longest.length ? names : longest), []);
  const level = deepest.findIndex((name, index) => inFolders.some((names) => names[index] !== name));
  if (level < 0) return undefined;
  const names = [...new Set(inFolders.flatMap((path) => path[level] ?? []))];
  refuseSplitFolders(names, { where, next: 'Unpack it, and import the folder of one of them.' });
  return names.length < 2 ? undefined : level;
}
