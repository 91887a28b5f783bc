import type { CommandIo, CommandSpec } from '@winnow/contracts';
import type { StudioProject } from './studio-project';

export interface CuratorBuild {
  readonly io: CommandIo;
  /** Runs `winnow build p.yaml` in this process. @returns its counts */
  make(options: Readonly<Record<string, unknown>>): Promise<{ readonly samples: number }>;
}

/** The real build of a project, for specs whose figures have to be its own. */
export async function curatorBuild({ config }: Pick<StudioProject, 'config'>): Promise<CuratorBuild> {
  // Apps know one another by name only.
  const curator = '@winnow/curator';
  const { commands } = (await import(curator)) as { commands: readonly CommandSpec[] };
  const build = commands.find(({ name }) => name === 'build');
  const io: CommandIo = {
    ...{ cwd: config.paths.root, env: {}, log: () => undefined, signal: new AbortController().signal },
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  };
  return {
    io,
    async make(options) {
      const result = await build?.run?.({ arguments: { project: 'p.yaml' }, options }, io);
      return result?.json['counts'] as { readonly samples: number };
    },
  };
}
