import type { InputSpec } from '@winnow/contracts';
import { type ModelName, pretrainedModel } from '@winnow/models';
import type { StudentStart } from '@winnow/training';
import { requireModelName } from '../require-model-name';
import { readStudentStart, studentInput } from '../student/student-start';
import type { OpenWorld } from './open-world';

/** The student of a bench: its architecture, what it begins with, and how it takes its images. */
export interface WorldStudent {
  readonly name: ModelName;
  /** Null: random weights. */
  readonly start: StudentStart | null;
  readonly input: InputSpec;
}

/** What the bench asks for; each thing wins over what the world names. */
export interface AskedStudent {
  readonly student?: string | undefined;
  /** Weights file, relative to the working folder. */
  readonly studentWeights?: string | undefined;
  readonly head?: StudentStart['head'] | undefined;
}

/**
 * Reads the weights that the bench or the world names. Without a name of an architecture it is that of the weights, else
 * resnet8.
 * @throws WinnowError USAGE for a name that winnow does not know; as readStudentStart and pretrainedModel
 */
export async function openWorldStudent(
  { student, studentWeights, head = 'fitted' }: AskedStudent,
  { world, folder, teacher }: Pick<OpenWorld, 'world' | 'folder' | 'teacher'>,
  cwd: string,
): Promise<WorldStudent> {
  const named = studentWeights ?? (student === undefined ? world.studentWeights : undefined);
  const start =
    named === undefined
      ? null
      : await readStudentStart(named, { root: studentWeights === undefined ? folder : cwd, head });
  const asked = student ?? (studentWeights === undefined ? world.student : undefined);
  const name = asked ?? (start === null ? 'resnet8' : pretrainedModel(start.weights));
  const model = requireModelName(name, { code: 'USAGE', where: '--student' });
  return { name: model, start, input: studentInput(start, teacher.input) };
}
