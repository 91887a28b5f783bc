import { WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { analyseImage, DEFAULT_IMAGE_LIMITS } from '@winnow/imaging';
import { listImageFiles } from '../harness/image-files';
import { letEventsIn } from '../harness/in-turn';
import { startBenchWebProcess } from '../web/bench-web-process';

/** Images without structure have hashes that say nothing. */
const MIN_QUALITY = 50;

/**
 * PDQ hashes of images with structure, in the order of their names; what is no image is passed over.
 * @param source folder or tar; null: drawn images
 * @param drawn folder of the drawn images, kept
 * @param most images that are read
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, INTERRUPTED
 */
export async function imageHashes(
  { source, drawn, most }: { readonly source: string | null; readonly drawn: string; readonly most: number },
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<string[]> {
  if (source === null) await (await startBenchWebProcess({ folder: drawn, images: most }, io)).stop();
  const hashes: string[] = [];
  const shown = { label: 'hash images', total: most, unit: 'images' };
  await withProgress(io.progress, shown, async (task) => {
    let read = 0;
    for (const file of (await listImageFiles(source ?? drawn)).slice(0, most)) {
      await letEventsIn(io.signal);
      const facts = await analyseImage(await file.read(), DEFAULT_IMAGE_LIMITS);
      if ('pdq' in facts && facts.pdqQuality >= MIN_QUALITY) hashes.push(facts.pdq);
      task.update((read += 1));
    }
  });
  if (hashes.length > 0) return hashes;
  throw new WinnowError('FILE_NOT_FOUND', 'There are no images with structure', {
    where: source ?? drawn,
    next: 'Name a folder or tar of photographs.',
  });
}
