import type { CommandIo } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { digestLabelledFiles, listLabelledFiles } from '@winnow/shards';

interface LeakCheck {
  readonly digest?: string;
  readonly sources?: readonly { readonly digest: string }[];
}

/**
 * Says where a data set was built without a look at these test images: copies of them may be in it, and accuracy would
 * count what a student has seen.
 */
export async function sayWhereUnchecked(
  { config }: Pick<BuildRecord, 'config'>,
  source: string,
  io: Pick<CommandIo, 'log'>,
): Promise<void> {
  const { leakCheck } = (config ?? {}) as { readonly leakCheck?: LeakCheck | null };
  const checked = leakCheck?.sources?.map(({ digest }) => digest) ?? [leakCheck?.digest];
  // Without a check there is nothing to read the images for.
  if (leakCheck && checked.includes(await digestLabelledFiles(await listLabelledFiles(source)))) return;
  io.log(
    `The data set was not checked for copies of these test images (evaluate.test: ${source}): accuracy may count images that a student has learnt from. \`winnow build\` leaves such copies out.`,
  );
}
