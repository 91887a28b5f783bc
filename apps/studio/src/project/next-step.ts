import type { NextStep } from '@winnow/contracts';
import type { ProjectOverview } from '@winnow/db';
import type { SaidLast } from '../decisions/studio-decisions';

/**
 * What makes sense next; null where all is done.
 * @param said when people last decided something
 * @param file the project file, as commands are given it
 */
export function nextStep(
  { builds, splits, hits, images, runs }: ProjectOverview,
  said: SaidLast,
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
  if (isNewer(said.ofBuilds, build.usedAt)) {
    return step('Build again', 'Copies, or images to leave out, were decided since the data set was made.', 'build');
  }
  const split = splits.find(({ buildId }) => buildId === build.id);
  if (split === undefined) {
    return step('Split', 'Clean, closed and open images of the data set are not told apart.', 'split');
  }
  if (said.ofImages === null) return step('Measure', 'Nobody has looked how right the split is.', 'studio');
  if (isNewer(said.ofImages, split.createdAt)) {
    return step(
      'Split again',
      'Images were decided since the split: it learns from them what it is still to find.',
      'split',
    );
  }
  return runs === 0 ? step('Train', 'No student was trained on the data set.', 'train') : null;
}

/** `winnow build birds.yaml`, to copy. */
export function commandFor(command: string, file: string): string {
  return `winnow ${command} ${quoted(file)}`;
}

function isNewer(at: Date | null, than: Date): boolean {
  return at !== null && at > than;
}

/** For a shell, where a name needs it. */
function quoted(file: string): string {
  return /^[\w./@:+-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
