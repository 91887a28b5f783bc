import { z } from 'zod';
import { projectSchema } from './project-schema';

/** JSON Schema (draft 2020-12) of the project file, for editors. */
export function projectJsonSchema(): Record<string, unknown> {
  return { title: 'winnow project', ...z.toJSONSchema(projectSchema, { io: 'input' }) };
}
