import path from 'node:path';
import type { InputSpec } from '@winnow/contracts';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { startEngine } from '@winnow/tensor';

const WORKSPACE = path.resolve(__dirname, '../../../..');
const INPUT: InputSpec = { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

/** The weights file of a student that learnt nothing, for squares of 16 pixels cut from the middle. */
export async function drawnStudent(classes: readonly string[]): Promise<Uint8Array> {
  await startEngine('wasm', { cacheDir: '', log: () => undefined });
  const model = createModel('resnet8', { classCount: classes.length, seed: 5 });
  const bytes = saveWeights(model, weightsMetadata({ model: 'resnet8', classes, input: INPUT, resize: 'cover' }));
  model.dispose();
  return bytes;
}

/**
 * Has a studio that is put together from here on start the real `winnow`, and not what runs the specs. Its embedded databases
 * begin as those of specs do, in a third of the processor time.
 */
export function startsWinnow(): void {
  process.argv[1] = path.join(WORKSPACE, 'apps/winnow/bin/winnow.js');
  process.execArgv.push('-r', path.join(WORKSPACE, 'tools/jest/preload-copying-pglite.js'));
}
