import { loadProject, parseStoreAddress } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { withProjectDatabase } from '@winnow/db';
import { copyStore } from '../upkeep/store/copy-store';
import type { CopiedStore } from '../upkeep/store/copy-store';

/** Places that are named one by one. */
const SHOWN = 5;

/**
 * Copies originals to another place.
 * @returns exit code 3 where that could not be made the place of the database
 * @throws WinnowError as copyStore does; DATABASE_BUSY while workers may be storing more
 */
export async function runStoreCopy(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const place = input.options['to'];
  if (typeof place !== 'string') {
    throw new WinnowError('USAGE', '--to says where to copy, and is missing', {
      next: `Run \`winnow store copy ${file} --to s3://BUCKET/PREFIX\`, or \`--to folder\` to bring them back.`,
    });
  }
  const to = place === 'folder' ? undefined : parseStoreAddress(place, io.env, '--to');
  const config = await loadProject(file, { cwd: io.cwd, env: io.env });
  return withProjectDatabase(
    config,
    { holder: 'winnow store', create: false, alone: true },
    io,
    async ({ db, isAlone }) => {
      if (config.databaseUrl === undefined && !isAlone) {
        throw new WinnowError('DATABASE_BUSY', 'Another command has this database open, and may be storing originals', {
          next: 'Wait for it to end, and run the same command again.',
        });
      }
      const copied = await copyStore({ config, db, io, to, isForced: input.options['force'] === true });
      return {
        exitCode: copied.isMoved ? 0 : 3,
        json: { ...(copied as unknown as Record<string, JsonValue>), store: to?.url ?? null },
        text: describeCopy(copied, { file, url: to?.url ?? null }),
      };
    },
  );
}

function describeCopy(
  { copied, bytes, present, damaged, lacking, isMoved }: CopiedStore,
  { file, url }: { readonly file: string; readonly url: string | null },
): readonly string[] {
  const use = url === null ? 'leave WINNOW_STORE unset' : `set WINNOW_STORE=${url}`;
  const more = damaged.length > SHOWN ? ', …' : '';
  return [
    `Copied ${copied} files, ${(bytes / 1e6).toFixed(1)} MB; ${present} were there.`,
    ...(damaged.length === 0
      ? []
      : [
          `${damaged.length} are not what was stored, and stay where they are: ${damaged.slice(0, SHOWN).join(', ')}${more}.`,
        ]),
    ...(lacking === 0 ? [] : [`${lacking} originals that the database knows are not there.`]),
    isMoved
      ? `From now on ${use} for every command and worker. Nothing was removed: do that once \`winnow verify ${file} --originals\` has read them all.`
      : `The originals stay where they were. \`winnow verify ${file} --repair\` brings back what it can; projects in other folders are copied on their own; --force does without.`,
  ];
}
