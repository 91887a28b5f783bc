import { loadProject } from '@winnow/config';
import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { openDatabase, projectStatus } from '@winnow/db';
import { projectArgument, projectFile } from './project-argument';

export const statusCommand: CommandSpec = {
  name: 'status',
  summary: 'Show how far a project is',
  arguments: [projectArgument],
  options: [],
  async run(input, io) {
    const config = await loadProject(projectFile(input), { cwd: io.cwd, env: io.env });
    const database = await openDatabase({
      url: config.databaseUrl,
      stateDir: config.paths.state,
      holder: 'winnow status',
    });
    try {
      const status = await projectStatus(database.db, config.name);
      return {
        exitCode: 0,
        json: status as unknown as Record<string, JsonValue>,
        text: [
          `hits     ${status.hits}`,
          `fetched  ${
            Object.entries(status.outcomes)
              .map(([outcome, count]) => `${outcome} ${count}`)
              .join(' · ') || 'nothing yet'
          }`,
          `pending  ${status.pending}`,
          `images   ${status.images}`,
          `builds   ${status.builds.map(({ id, sampleCount }) => `${id} (${sampleCount})`).join(', ') || 'none yet'}`,
          `splits   ${status.splits}`,
          `runs     ${status.runs}`,
        ],
      };
    } finally {
      await database.close();
    }
  },
};
