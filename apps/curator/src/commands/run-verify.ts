import { loadProject } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { withProjectDatabase } from '@winnow/db';
import { MANIFEST_FILES } from '@winnow/shards';
import type { RepairResult } from '../upkeep/verify/repair-originals';
import { verifyProject } from '../upkeep/verify/verify-project';
import type { VerifyProblem, VerifyResult } from '../upkeep/verify/verify-project';

/** Problems that are printed; --json has all. */
const SHOWN = 20;

const REPAIR =
  'Run `winnow verify PROJECT --repair`; what that cannot bring back, import or crawl again, or restore from a copy.';
// Descriptions without a digest are not compared, unless the list of all files is gone.
const REBUILD = `Remove ${MANIFEST_FILES.dataset} of the build and run \`winnow build\` with the same settings: it makes these files again from the originals.`;
const KEEP_DAMAGED = `Keep the build, damaged as it is, while originals are missing: it may hold the only copies of their images. Once they are back, remove its ${MANIFEST_FILES.dataset} and run \`winnow build\` with the same settings.`;
const KEEP_SOUND = 'Keep the build: it still holds the images that it was made with.';
const RESTORE_ROWS = 'Restore the rows of the database from a copy; the files of the build are not to blame.';

/** Verifies a build. @returns exit code 1 where anything is wrong @throws WinnowError as verifyProject does */
export async function runVerify(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const config = await loadProject(String(input.arguments['project']), { cwd: io.cwd, env: io.env });
  return withProjectDatabase(config, { holder: 'winnow verify', create: false }, io, async ({ db }) => {
    const result = await verifyProject({
      config,
      db,
      io,
      build: String(input.arguments['build'] ?? 'current'),
      originals: input.options['originals'] === true,
      repair: input.options['repair'] === true,
    });
    const { id, digest, samples, shards, originals, problems, repair, notes } = result;
    return {
      exitCode: problems.length === 0 ? 0 : 1,
      json: {
        ...{ build: id, digest, sound: problems.length === 0, samples, shards, originals },
        problems: problems as unknown as JsonValue,
        repair: repair as unknown as JsonValue,
        notes,
      },
      text: [
        ...(repair === null ? [] : repairLines(repair, config.paths.file)),
        ...(problems.length === 0 ? [soundLine(result)] : problemLines(result)),
        ...notes,
      ],
    };
  });
}

function repairLines({ restored, due, lost }: RepairResult, file: string): readonly string[] {
  const counted = (count: number): string => `${count} ${count === 1 ? 'original' : 'originals'}`;
  return [
    `Restored ${counted(restored.length)}.`,
    ...(due.length === 0 ? [] : [`${counted(due.length)} can be fetched again: run \`winnow crawl ${file}\`.`]),
    ...(lost.length === 0
      ? []
      : [
          `${counted(lost.length)} could not be restored: import the source again where it is now, or copy the files back.`,
        ]),
  ];
}

function soundLine({ id, digest, samples, shards, originals }: VerifyResult): string {
  if (id === null) return `Sound: ${originals ?? 0} originals.`;
  const read = originals === null ? '' : ` and ${originals} originals`;
  return `Sound: build ${id}, ${samples} images in ${shards} shards${read}, digest ${digest}.`;
}

function problemLines({ id, problems, repair }: VerifyResult): readonly string[] {
  const more = problems.length - SHOWN;
  return [
    `${id === null ? 'The project' : `Build ${id}`} is not sound: ${problems.length} problem${problems.length === 1 ? '' : 's'}.`,
    ...problems.slice(0, SHOWN).map(({ file, problem }) => `${file}: ${problem}`),
    ...(more > 0 ? [`… and ${more} more (all with --json).`] : []),
    ...adviceOn(problems, { hasBuild: id !== null, isRepaired: repair !== null }),
  ];
}

/**
 * What a person should do about problems: a line for each kind. Originals come first: builds are made from them.
 * @param isRepaired whether other lines say what to do about originals that are left
 */
export function adviceOn(
  problems: readonly Pick<VerifyProblem, 'kind'>[],
  { hasBuild, isRepaired }: { readonly hasBuild: boolean; readonly isRepaired: boolean },
): readonly string[] {
  const kinds = new Set(problems.map(({ kind }) => kind));
  const lacksOriginals = kinds.has('original');
  return [
    ...(lacksOriginals && !isRepaired ? [REPAIR] : []),
    ...(kinds.has('build') ? [lacksOriginals ? KEEP_DAMAGED : REBUILD] : []),
    ...(kinds.has('database') ? [RESTORE_ROWS] : []),
    ...(lacksOriginals && hasBuild && !kinds.has('build') ? [KEEP_SOUND] : []),
  ];
}
