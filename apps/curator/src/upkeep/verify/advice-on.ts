import { MANIFEST_FILES } from '@winnow/shards';
import type { VerifyProblem } from './compare-rows';

/** What is known beside the problems. */
interface AdviceOptions {
  readonly hasBuild: boolean;
  /** Originals were repaired, and the lines about that say what to do about those that are left. */
  readonly isRepaired: boolean;
}

/** What a person should do about problems: a line for each kind. Originals come first: builds are made from them. */
export function adviceOn(
  problems: readonly Pick<VerifyProblem, 'kind'>[],
  { hasBuild, isRepaired }: AdviceOptions,
): readonly string[] {
  const kinds = new Set(problems.map(({ kind }) => kind));
  const lacksOriginals = kinds.has('original');
  return [
    ...(lacksOriginals && !isRepaired ? [REPAIR] : []),
    ...(kinds.has('build') ? [lacksOriginals ? KEEP_DAMAGED : REBUILD] : []),
    ...(kinds.has('database') ? [RESTORE_ROWS] : []),
    ...(lacksOriginals && hasBuild && !kinds.has('build') ? [KEEP_SOUND] : []),
  ];
}

const REPAIR =
  'Run `winnow verify PROJECT --repair`; what that cannot bring back, import or crawl again, or restore from a copy.';
// Descriptions without a digest are not compared, unless the list of all files is gone.
const REBUILD = `Remove ${MANIFEST_FILES.dataset} of the build and run \`winnow build\` with the same settings: it makes these files again from the originals.`;
const KEEP_DAMAGED = `Keep the build, damaged as it is, while originals are missing: it may hold the only copies of their images. Once they are back, remove its ${MANIFEST_FILES.dataset} and run \`winnow build\` with the same settings.`;
const KEEP_SOUND = 'Keep the build: it still holds the images that it was made with.';
const RESTORE_ROWS = 'Restore the rows of the database from a copy; the files of the build are not to blame.';
