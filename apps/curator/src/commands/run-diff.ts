import { loadProject } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { withProjectDatabase } from '@winnow/db';
import { describeDiff } from '../upkeep/diff/describe-diff';
import { diffBuilds } from '../upkeep/diff/diff-builds';

/** Compares two builds. @throws WinnowError as diffBuilds does */
export async function runDiff(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const config = await loadProject(String(input.arguments['project']), { cwd: io.cwd, env: io.env });
  return withProjectDatabase(config, { holder: 'winnow diff', create: false, isBrief: true }, io, async ({ db }) => {
    const names = [String(input.arguments['before']), String(input.arguments['after'])] as const;
    const diff = await diffBuilds(db, config.name, names);
    const isListed = input.options['list'] === true;
    const { added, removed, relabelled } = diff;
    return {
      exitCode: 0,
      json: {
        before: diff.before,
        after: diff.after,
        added: added.length,
        removed: removed.length,
        relabelled: relabelled.length,
        classes: diff.classes as unknown as JsonValue,
        renumbered: diff.renumbered as unknown as JsonValue,
        outcomes: diff.outcomes as unknown as JsonValue,
        settings: diff.settings.map(({ key, before, after }) => ({
          key,
          before: before ?? null,
          after: after ?? null,
        })),
        ...(isListed ? { images: { added, removed, relabelled } as unknown as JsonValue } : {}),
      },
      text: describeDiff(diff, isListed),
    };
  });
}
