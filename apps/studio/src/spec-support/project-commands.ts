import type { CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';
import type { StudioProject } from './studio-project';

type Options = Readonly<Record<string, unknown>>;

export interface ProjectCommands {
  readonly io: CommandIo;
  /** Runs `winnow crawl p.yaml` in this process. */
  crawl(): Promise<CommandResult | undefined>;
  /** Runs `winnow build p.yaml`. @returns its counts */
  build(options?: Options): Promise<{ readonly samples: number }>;
}

/** Real commands on a project, for specs whose figures have to be theirs. */
export async function projectCommands({ config }: Pick<StudioProject, 'config'>): Promise<ProjectCommands> {
  const io: CommandIo = {
    ...{ cwd: config.paths.root, env: {}, log: () => undefined, signal: new AbortController().signal },
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  };
  const run = async (app: string, command: string, options: Options): Promise<CommandResult | undefined> => {
    // Apps know one another by name only.
    const { commands } = (await import(app)) as { commands: readonly CommandSpec[] };
    return commands.find(({ name }) => name === command)?.run?.({ arguments: { project: 'p.yaml' }, options }, io);
  };
  return {
    io,
    crawl: () => run('@winnow/crawler', 'crawl', {}),
    async build(options = {}) {
      return (await run('@winnow/curator', 'build', options))?.json['counts'] as { readonly samples: number };
    },
  };
}
