import path from 'node:path';
import { loadTruth, type World } from '@winnow/config';
import { importedUrl, WinnowError, WORLD_ENGINE } from '@winnow/contracts';
import { NO_CLASS } from '@winnow/noise';
import { labelsByName } from '../labels-by-name';

/**
 * What the images of a pool show, NO_CLASS (-1) where that is no known class, [count]. For the evaluator, and for the
 * oracle that measures what a perfect split would be worth; no method is given it.
 * @param paths of the pool, in its order
 * @throws WinnowError FORMAT_INVALID where the pool does not say it
 */
export async function loadWorldTruth(folder: string, world: World, paths: readonly string[]): Promise<Int32Array> {
  const file = path.resolve(folder, world.pool);
  const truth = await loadTruth(file, world.classes, world.name);
  const labels = labelsByName(world.classes);
  return Int32Array.from(paths, (name) => {
    const row = truth.get(importedUrl(WORLD_ENGINE, world.name, name));
    if (row === undefined) {
      throw new WinnowError('FORMAT_INVALID', 'The pool does not say what an image shows', {
        where: `${file}: ${name}`,
        next: 'Give it a row with the columns path, given and true.',
      });
    }
    return row.trueClass === null ? NO_CLASS : (labels.get(row.trueClass) as number);
  });
}
