import { stringify } from 'yaml';
import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { loadProject, projectJsonSchema } from '@winnow/config';
import { projectArgument, projectFile } from './project-argument';

export const configCommand: CommandSpec = {
  name: 'config',
  summary: 'Print the resolved configuration of a project',
  arguments: [{ ...projectArgument, required: false }],
  options: [{ flags: '--schema', description: 'print the JSON Schema of project files instead', type: 'boolean' }],
  examples: ['winnow config birds.yaml', 'winnow config --schema > project.schema.json'],
  async run(input, io) {
    if (input.options['schema'] === true) {
      const schema = projectJsonSchema() as Record<string, JsonValue>;
      return { exitCode: 0, json: schema, text: [JSON.stringify(schema, null, 2)] };
    }
    const config = await loadProject(projectFile(input), { cwd: io.cwd, env: io.env });
    const shown = { ...config, databaseUrl: hidePassword(config.databaseUrl) } as unknown as Record<string, JsonValue>;
    return { exitCode: 0, json: shown, text: [stringify(shown).trimEnd()] };
  },
};

function hidePassword(url: string | undefined): string | null {
  return url === undefined ? null : url.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1:***@');
}
