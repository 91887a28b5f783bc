import type { ArgumentSpec, CommandInput } from '@winnow/contracts';

/** The argument that most commands begin with. */
export const projectArgument: ArgumentSpec = { name: 'project', description: 'project file (YAML)', required: true };

/** The path that the person gave. */
export function projectFile(input: CommandInput): string {
  return String(input.arguments['project']);
}
