import { MANIFEST_FILES } from '@winnow/shards';
import type { VerifyProblem } from './compare-rows';

/** What a person should do about problems: a line for each kind. Originals come first: builds are made from them. */
export function adviceOn(problems: readonly Pick<VerifyProblem, 'kind'>[], hasBuild: boolean): readonly string[] {
  const kinds = new Set(problems.map(({ kind }) => kind));
  const advice = (['original', 'build', 'database'] as const)
    .filter((kind) => kinds.has(kind))
    .map((kind) => ADVICE[kind]);
  const isBuildSound = hasBuild && kinds.has('original') && !kinds.has('build');
  return isBuildSound ? [...advice, 'Keep the build: it still holds the pictures that it was made with.'] : advice;
}

const ADVICE: Readonly<Record<VerifyProblem['kind'], string>> = {
  original:
    'Run `winnow verify PROJECT --repair`; what that cannot bring back, import or crawl again, or restore from a copy.',
  // Descriptions without a digest are not compared, unless the list of all files is gone.
  build: `Remove ${MANIFEST_FILES.dataset} of the build and run \`winnow build\` with the same settings: it makes these files again from the originals.`,
  database: 'Restore the rows of the database from a copy; the files of the build are not to blame.',
};
