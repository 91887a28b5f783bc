import type { NextStep } from '@winnow/contracts';
import type { ProjectOverview } from '@winnow/db';

/** What makes sense next. @param file the project file, as commands are given it */
export function nextStep(
  { builds, splits, hits, images, runs }: ProjectOverview,
  decisionCount: number,
  file: string,
): NextStep | null {
  const step = (title: string, reason: string, command: string): NextStep => ({
    title,
    reason,
    command: commandFor(command, file),
  });
  const [build] = builds;
  if (hits === 0 && images === 0) return step('Crawl', 'Nothing was crawled or imported yet.', 'crawl');
  if (build === undefined)
    return step('Build', `${images} images are stored and no data set is made of them.`, 'build');
  if (build.forgottenKeys.length > 0) {
    return step('Build again', 'The data set holds images that were to be forgotten.', 'build');
  }
  if (!splits.some(({ buildId }) => buildId === build.id)) {
    return step('Split', 'Clean, closed and open images of the data set are not told apart.', 'split');
  }
  if (decisionCount === 0) {
    return { ...step('Measure', 'Nobody has looked how right the split is.', 'studio'), title: 'Measure' };
  }
  return runs === 0 ? step('Train', 'No student was trained on the data set.', 'train') : null;
}

/** `winnow build birds.yaml`, to copy. */
export function commandFor(command: string, file: string): string {
  return `winnow ${command} ${quoted(file)}`;
}

/** For a shell, where a name needs it. */
function quoted(file: string): string {
  return /^[\w./@:+-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
