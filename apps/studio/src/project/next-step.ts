import type { NextStep } from '@winnow/contracts';
import type { ProjectOverview } from '@winnow/db';

/** What people decided. */
export interface Said {
  /** The newest data set does not follow all that was said of copies and of what is left out. */
  readonly isBuildBehind: boolean;
  /** Something was said of what images show. */
  readonly isOfImages: boolean;
  /** The newest split says otherwise of some. */
  readonly isSplitBehind: boolean;
}

/**
 * What makes sense next.
 * @param file the project file, as commands are given it
 */
export function nextStep({ builds, splits, hits, images, runs }: ProjectOverview, said: Said, file: string): NextStep {
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
  if (said.isBuildBehind) {
    return step(
      'Build again',
      'The data set does not follow what was said of copies and of what is left out.',
      'build',
    );
  }
  if (newestSplit({ builds, splits }) === undefined) {
    return step('Split', 'Clean, closed and open images of the data set are not told apart.', 'split');
  }
  if (!said.isOfImages) return step('Measure', 'Nobody has looked how right the split is.', 'studio');
  if (said.isSplitBehind) {
    return step(
      'Split again',
      'The split says otherwise of images than was decided: made again, it learns from them.',
      'split',
    );
  }
  if (runs === 0) return step('Train', 'No student was trained on the data set.', 'train');
  return step('Hand over', 'A student is trained: weights for others, with cards, attribution and report.', 'bundle');
}

/** Of the newest data set. */
export function newestSplit({ builds, splits }: Pick<ProjectOverview, 'builds' | 'splits'>) {
  return splits.find(({ buildId }) => buildId === builds[0]?.id);
}

/** `winnow build birds.yaml`, to copy. */
export function commandFor(command: string, file: string): string {
  return `winnow ${command} ${quoted(file)}`;
}

/** For a shell, where a name needs it. */
function quoted(file: string): string {
  return /^[\w./@:+-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
