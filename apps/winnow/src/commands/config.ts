import { stringify } from 'yaml';
import { parseUrl, WinnowError } from '@winnow/contracts';
import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { loadProject, projectJsonSchema } from '@winnow/config';
import { projectArgument, projectFile } from './project-argument';

const HIDDEN = '***';

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
    if (input.arguments['project'] === undefined) {
      throw new WinnowError('USAGE', 'No project file is named', { next: 'Name one, or ask for --schema.' });
    }
    const config = await loadProject(projectFile(input), { cwd: io.cwd, env: io.env });
    const shown = { ...config, databaseUrl: hidePassword(config.databaseUrl) } as unknown as Record<string, JsonValue>;
    return { exitCode: 0, json: shown, text: [stringify(shown).trimEnd()] };
  },
};

/** The address without its password; nothing of a text in which it could be anywhere. */
function hidePassword(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = /^postgres(ql)?:\/\//.test(text) ? parseUrl(text) : undefined;
  // An @ after the host: what was taken for host and port may be a part of the password.
  if (url === undefined || /@/.test(url.pathname + url.search + url.hash)) return HIDDEN;
  if (url.password !== '') url.password = HIDDEN;
  const secrets = new Set([...url.searchParams.keys()].filter((name) => /password/i.test(name)));
  for (const name of secrets) url.searchParams.set(name, HIDDEN);
  return url.href;
}
