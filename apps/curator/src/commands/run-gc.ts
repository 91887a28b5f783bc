import { loadProject } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { withProjectDatabase } from '@winnow/db';
import { collectGarbage } from '../upkeep/gc/collect-garbage';

/** Removes what a project no longer needs. @throws WinnowError as collectGarbage does */
export async function runGc(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const config = await loadProject(String(input.arguments['project']), { cwd: io.cwd, env: io.env });
  const isDryRun = input.options['dryRun'] === true;
  return withProjectDatabase(
    config,
    { holder: 'winnow gc', create: false, alone: true },
    io,
    async ({ db, isAlone }) => {
      const { freed, condemned, builds, holding } = await collectGarbage({
        config,
        db,
        io,
        keep: Number(input.options['keep'] ?? 1),
        isDryRun,
        nowMillis: Date.now(),
        isAlone,
        isForced: input.options['force'] === true,
      });
      const total = Object.values(freed).reduce((sum, { bytes }) => sum + bytes, 0);
      return {
        exitCode: 0,
        json: {
          dryRun: isDryRun,
          bytes: total,
          freed,
          condemned,
          builds,
          forgotten: holding.map(({ id, forgottenSamples }) => ({ build: id, samples: forgottenSamples })),
        },
        text: [
          `${isDryRun ? 'Would free' : 'Freed'} ${megabytes(total)}.`,
          ...Object.entries(freed)
            .filter(([, { items }]) => items > 0)
            .map(([kind, { items, bytes }]) => `${kind}: ${items}, ${megabytes(bytes)}`),
          ...(condemned === 0 ? [] : [`${condemned} objects of the store go a day after nothing referred to them.`]),
          ...holding.map(
            ({ id, forgottenSamples, splits, runs, isCurrent }) =>
              `Build ${id} still holds ${forgottenSamples} forgotten images; ${
                isCurrent
                  ? 'it is current. Run `winnow build` for one without them.'
                  : `it goes with what was made from it: ${splits} splits, ${runs} runs that are finished, and those that are not.`
              }`,
          ),
        ],
      };
    },
  );
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
