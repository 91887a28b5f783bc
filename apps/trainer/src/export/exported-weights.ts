import { stat } from 'node:fs/promises';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { compareText, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { TEACHER_FILE } from '@winnow/models';
import { listRuns } from '@winnow/runs';
import { weightsFile } from '../teacher/weights-file';

/** Weights that a person named, and what to call what is made of them. */
export interface NamedWeights {
  readonly file: string;
  readonly name: string;
}

const SHOWN = 8;

/**
 * The weights that the arguments mean: a safetensors file or the folder of a run, or a run of a project.
 * @param source project file, weights file or folder of a run
 * @param run folder of a finished run of the project, or its bare name; undefined: the one that was started last
 * @throws WinnowError FILE_NOT_FOUND, MISSING_INPUT; USAGE for a run beside weights, and for an imported teacher
 */
export async function exportedWeights(
  source: string,
  run: string | undefined,
  io: Pick<CommandIo, 'cwd' | 'env'>,
): Promise<NamedWeights> {
  const place = path.resolve(io.cwd, source);
  const isFolder = (await stat(place).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder && !/\.(?:safetensors|onnx|pth?|h5|pb)$/i.test(place)) return weightsOfRun(source, run, io);
  if (run !== undefined) {
    throw new WinnowError('USAGE', '--run chooses a run of a project, and no project was named', {
      where: source,
      next: 'Name the project file, or leave --run out.',
    });
  }
  const file = await weightsFile(place);
  if (file === place && isFolder) {
    throw new WinnowError('USAGE', 'An imported teacher is exported already: it is the model that it came from', {
      where: path.join(source, TEACHER_FILE),
      next: 'Use the files in that folder.',
    });
  }
  return { file, name: path.basename(place, '.safetensors') };
}

async function weightsOfRun(
  source: string,
  wanted: string | undefined,
  io: Pick<CommandIo, 'cwd' | 'env'>,
): Promise<NamedWeights> {
  const { name: project, paths } = await loadProject(source, io);
  const runs = await listRuns(paths.runs);
  const named = runs.map((run) => ({ ...run, name: path.basename(run.folder) }));
  const finished = named
    .filter((run) => run.finished)
    .sort((a, b) => compareText(b.manifest.startedAt, a.manifest.startedAt) || compareText(b.name, a.name));
  const isWanted = ({ name, folder }: { readonly name: string; readonly folder: string }): boolean =>
    name === wanted || (wanted !== undefined && path.resolve(io.cwd, folder) === path.resolve(io.cwd, wanted));
  // Projects in one folder share the folder of runs: another's is taken only where it is named.
  const own = finished.filter(({ manifest }) => manifest.project === project);
  const chosen = wanted === undefined ? own[0] : finished.find(isWanted);
  if (chosen !== undefined) return { file: await weightsFile(chosen.folder), name: chosen.name };
  if (own.length === 0) {
    const others = [...new Set(finished.map(({ manifest }) => manifest.project))].join(', ');
    const theirs = others === '' ? '' : `; those in the folder are of ${others}`;
    throw new WinnowError('MISSING_INPUT', `The project ${project} has no finished run${theirs}`, {
      where: paths.runs,
      next: `Run \`winnow train ${source}\` first${others === '' ? '' : ', or name a run with --run'}.`,
    });
  }
  const isRunning = named.some(isWanted);
  throw new WinnowError('MISSING_INPUT', `The run ${wanted} is ${isRunning ? 'not finished' : 'not there'}`, {
    where: paths.runs,
    next: `Finished runs: ${own
      .slice(0, SHOWN)
      .map(({ name }) => name)
      .join(', ')}.`,
  });
}
