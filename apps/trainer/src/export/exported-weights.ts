import { stat } from 'node:fs/promises';
import path from 'node:path';
import { loadProject, type ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { TEACHER_FILE } from '@winnow/models';
import { listProjectRuns } from '../student/project-runs';
import type { ProjectRun } from '../student/project-runs';
import { weightsFile } from '../teacher/weights-file';

/** Weights that a person named, and what to call what is made of them. */
export interface NamedWeights {
  readonly file: string;
  readonly name: string;
  /** Where they are of a project's run. */
  readonly run?: ProjectRun;
  /** Of that project. */
  readonly config?: ProjectConfig;
}

const SHOWN = 8;

/** Name of a run that means the most accurate one. */
const BEST_RUN = 'best';

/** Names of files that hold a network, or describe one beside them; other JSON is a project. */
const NETWORK_FILE = /\.(?:safetensors|onnx|pth?|bin|h5|pb)$|(?:^|[/\\])(?:model|teacher)\.json$/i;

/** Whether a path is meant as a project file: neither a folder nor a file of weights. */
export async function isProjectFile(file: string): Promise<boolean> {
  const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() === true;
  return !isFolder && !NETWORK_FILE.test(file);
}

/**
 * The weights that the arguments mean: a safetensors file or the folder of a run, or a run of a project.
 * @param source project file, weights file or folder of a run
 * @param run folder of a finished run of the project, its bare name, or `best`; undefined: the one that was started last
 * @throws WinnowError FILE_NOT_FOUND, MISSING_INPUT; USAGE for a run beside weights, and for an imported teacher
 */
export async function exportedWeights(
  source: string,
  run: string | undefined,
  io: Pick<CommandIo, 'cwd' | 'env'>,
): Promise<NamedWeights> {
  const location = path.resolve(io.cwd, source);
  if (await isProjectFile(location)) return projectWeights(source, run, io);
  if (run !== undefined) {
    throw new WinnowError('USAGE', '--run chooses a run of a project, and no project was named', {
      where: source,
      next: 'Name the project file, or leave --run out.',
    });
  }
  const file = await weightsFile(location);
  if (file === location && (await stat(location)).isDirectory()) {
    throw new WinnowError('USAGE', 'An imported teacher is exported already: it is the model that it came from', {
      where: path.join(source, TEACHER_FILE),
      next: 'Use the files in that folder.',
    });
  }
  return { file, name: path.basename(location, '.safetensors') };
}

/**
 * The weights of a run of a project.
 * @throws WinnowError as exportedWeights; CONFIG_INVALID for a project file that cannot be read
 */
export async function projectWeights(
  source: string,
  wanted: string | undefined,
  io: Pick<CommandIo, 'cwd' | 'env'>,
): Promise<NamedWeights> {
  const config = await loadProject(source, io);
  const { name: project, paths } = config;
  const runs = await listProjectRuns(config);
  const isWanted = ({ name, folder }: ProjectRun): boolean =>
    name === wanted || (wanted !== undefined && path.resolve(io.cwd, folder) === path.resolve(io.cwd, wanted));
  // Projects in one folder share the folder of runs: another's is taken only where it is named.
  const finished = runs.filter(({ isFinished }) => isFinished);
  const own = finished.filter((run) => run.project === project);
  const chosen =
    finished.find(isWanted) ??
    own.find(({ isNewest, isBest }) => (wanted === undefined ? isNewest : wanted === BEST_RUN && isBest));
  if (chosen !== undefined) return { file: await weightsFile(chosen.folder), name: chosen.name, run: chosen, config };
  if (own.length === 0) {
    const others = [...new Set(finished.map((run) => run.project))].join(', ');
    const theirs = others === '' ? '' : `; those in the folder are of ${others}`;
    throw new WinnowError('MISSING_INPUT', `The project ${project} has no finished run${theirs}`, {
      where: paths.runs,
      next: `Run \`winnow train ${source}\` first${others === '' ? '' : ', or name a run with --run'}.`,
    });
  }
  const why = runs.some(isWanted) ? 'is not finished' : 'is not there';
  throw new WinnowError(
    'MISSING_INPUT',
    wanted === BEST_RUN ? 'No run was measured on test images: none is best' : `The run ${wanted} ${why}`,
    {
      where: paths.runs,
      next: `Finished runs: ${own
        .slice(0, SHOWN)
        .map(({ name }) => name)
        .join(', ')}; \`winnow runs ${source}\` tells more.`,
    },
  );
}
