import type { CommandIo, CommandSpec } from '@winnow/contracts';
import type { StudioProject } from './studio-project';

export interface ProjectCommands {
  readonly io: CommandIo;
  /** Runs `winnow build p.yaml` in this process. @returns its counts */
  build(options?: Readonly<Record<string, unknown>>): Promise<{ readonly samples: number }>;
}

/** The real build of a project, for specs whose figures have to be its own. */
export async function projectCommands({ config }: Pick<StudioProject, 'config'>): Promise<ProjectCommands> {
  const io: CommandIo = {
    ...{ cwd: config.paths.root, env: {}, log: () => undefined, signal: new AbortController().signal },
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  };
  // Apps know one another by name only.
  const curator = '@winnow/curator';
  const { commands } = (await import(curator)) as { commands: readonly CommandSpec[] };
  const command = commands.find(({ name }) => name === 'build');
  return {
    io,
    async build(options = {}) {
      const result = await command?.run?.({ arguments: { project: 'p.yaml' }, options }, io);
      return result?.json['counts'] as { readonly samples: number };
    },
  };
}
