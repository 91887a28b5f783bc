import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';
import type { InputSpec } from '@winnow/contracts';
import { pretrainedModel, readPretrained } from '@winnow/models';
import type { StudentStart } from '@winnow/training';
import type { OpenProject } from '../open-project';
import { checkWeights, weightsFile } from '../teacher/weights-file';

/**
 * Reads the weights that a student begins with.
 * @param named the file as the person named it, for messages and the record of the run
 * @param root folder that the name is relative to
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID; DATA_CORRUPT for weights of ours whose recorded digest differs
 */
export async function readStudentStart(
  named: string,
  { root, head }: { readonly root: string; readonly head: StudentStart['head'] },
): Promise<StudentStart> {
  const file = await weightsFile(path.resolve(root, named)).catch((cause: unknown) => {
    if (!isMissing(cause)) throw cause;
    throw new WinnowError('FILE_NOT_FOUND', 'The weights that the student shall begin with are not there', {
      where: named,
      next: 'Correct student.weights: it is relative to the project file.',
      cause,
    });
  });
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The weights that the student shall begin with cannot be read', {
      where: named,
      next: 'Correct student.weights: name a .safetensors file, or import another with `winnow student import`.',
      cause,
    });
  });
  await checkWeights(file, bytes);
  return { weights: readPretrained(bytes, named), head };
}

function isMissing(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'FILE_NOT_FOUND';
}

/** The project with the architecture of its student's weights where it names none, and the weights; null without any. */
export async function openStudentStart(
  project: OpenProject,
): Promise<{ readonly project: OpenProject; readonly start: StudentStart | null }> {
  const { config } = project;
  const { weights, head = 'fitted', model } = config.student;
  if (weights === undefined) return { project, start: null };
  const start = await readStudentStart(weights, { root: config.paths.root, head });
  const known = model === 'auto' ? pretrainedModel(start.weights) : model;
  return { project: { ...project, config: { ...config, student: { ...config.student, model: known } } }, start };
}

/** Normalisation of a student's pixels. */
export type StudentInput = Omit<InputSpec, 'size'>;

/**
 * How the student takes its images: as the person says, else as its weights were made with, else as others have it.
 * @param otherwise the teacher's, or the usual one; its size is the student's
 */
export function studentInput(
  start: Pick<StudentStart, 'weights'> | null,
  otherwise: InputSpec,
  said?: StudentInput,
): InputSpec {
  return { ...otherwise, ...start?.weights.input, ...said };
}

/** A line for the person where nobody says how the weights had their pixels; null elsewhere. */
export function unknownInputNote(start: StudentStart | null, said?: StudentInput): string | null {
  if (start === null || said !== undefined || start.weights.input !== null) return null;
  return `${start.weights.where} does not say how its pixels were normalised: the student has them as the teacher does. student.input (range, mean, std) says otherwise.`;
}
