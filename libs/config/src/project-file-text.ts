import { stringify } from 'yaml';
import { WinnowError } from '@winnow/contracts';
import { configError } from './config-error';
import { projectSchema } from './project-schema';

/** JSON Schema that a written project file refers to, beside it. */
export const PROJECT_SCHEMA_FILE = 'winnow.schema.json';

export interface ProjectFileNotes {
  /** Comment lines above the settings and below them, without the #. */
  readonly above: readonly string[];
  readonly below: readonly string[];
  /** Where names and values came from, for errors. */
  readonly where: string;
}

/**
 * The text of a new project file. What is written will load.
 * @param project as in the file: only what differs from the defaults
 * @throws WinnowError FORMAT_INVALID for a name or value that no project may have
 */
export function projectFileText(project: object, { above, below, where }: ProjectFileNotes): string {
  const result = projectSchema.safeParse(project);
  if (!result.success) {
    const context = { file: where, input: project, lineOf: () => undefined, sourceOf: () => undefined };
    const error = configError(result.error, context);
    throw new WinnowError('FORMAT_INVALID', error.message, { where, next: 'Correct that name.', cause: error });
  }
  return [
    `# yaml-language-server: $schema=./${PROJECT_SCHEMA_FILE}`,
    ...above.map((line) => `# ${line}`),
    stringify(project).trimEnd(),
    ...below.map((line) => `# ${line}`),
    '',
  ].join('\n');
}
