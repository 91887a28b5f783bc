import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareText, WinnowError } from '@winnow/contracts';
import { fileError } from '@winnow/runs';
import type { CommandSpec, ImageSet, JsonValue } from '@winnow/contracts';
import { rankClasses } from '../rank-classes';
import { SQUARE_POLICIES, squareAsLearnt, type SquarePolicy } from '../square-as-learnt';
import { engineOption } from './engine-option';

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };

export const predictCommand: CommandSpec = {
  name: 'predict',
  summary: 'Classify picture files with a trained model',
  arguments: [
    { name: 'model', description: 'safetensors file, folder of a run, or imported teacher', required: true },
    { name: 'images', description: 'picture files, or folders of them', required: true, variadic: true },
  ],
  options: [
    { flags: '--top <n>', description: 'classes to show', type: 'integer', min: 1, default: 3 },
    {
      flags: '--resize <how>',
      description: "how the pictures become square (default: as the model's own did, else squash)",
      type: 'string',
      choices: SQUARE_POLICIES,
    },
    { ...engineOption, default: 'wasm' },
  ],
  examples: [
    'winnow predict .winnow/runs/2026-11-24-birds-kd-s1 photo.jpg',
    'winnow predict student.safetensors *.jpg --json',
  ],
  async run(input, io) {
    const { decodeImage, resizeRgb } = await import('@winnow/imaging');
    const { predict } = await import('@winnow/training');
    const { loadNetwork } = await import('../load-teacher');
    const { startTensorEngine } = await import('../start-tensor-engine');
    const { weightsFile } = await import('../weights-file');
    const weights = await weightsFile(path.resolve(io.cwd, String(input.arguments['model'])));
    const places = input.arguments['images'] as readonly string[];
    const files = (await Promise.all(places.map((place) => picturesAt(place, io.cwd)))).flat();
    await startTensorEngine(input.options['engine'] as 'wasm', { ...io, log: () => undefined });
    const network = await loadNetwork(weights);
    const { size } = network.input;
    const resize = squareAsLearnt(input.options['resize'] as SquarePolicy | undefined, network.resize);
    const top = Math.max(1, Number(input.options['top']));
    const results: JsonValue[] = [];
    const text: string[] = [];
    let failed = 0;
    try {
      for (const file of files) {
        const bytes = await readFile(path.resolve(io.cwd, file)).catch(() => undefined);
        const decoded = bytes === undefined ? undefined : await decodeImage(bytes, LIMITS);
        if (!decoded?.ok) {
          failed += 1;
          const detail = decoded === undefined ? 'cannot be read' : `${decoded.outcome}: ${decoded.detail}`;
          results.push({ file, error: detail });
          io.log(`${file}: ${detail}`);
          continue;
        }
        const { data } = await resizeRgb(decoded.image, size, resize);
        const one: ImageSet = {
          count: 1,
          size,
          pixels: data,
          keys: [file],
          labels: new Int32Array(1),
          classes: network.classes,
        };
        const { logits } = await predict(network.frozen, one);
        const ranked = rankClasses(logits, network.classes).slice(0, top);
        results.push({ file, predictions: ranked.map((one) => ({ ...one })) });
        text.push(
          `${file}: ${ranked.map(({ className, probability }) => `${className} ${(probability * 100).toFixed(1)} %`).join(', ')}`,
        );
      }
    } finally {
      network.dispose();
    }
    return { exitCode: failed === 0 ? 0 : failed === files.length ? 1 : 3, json: { results }, text };
  },
};

/** Endings of what decodeImage reads; of a folder, other files are passed over. */
const PICTURE = /\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp)$/i;

/** The file itself; of a folder, the pictures in it by name. @throws WinnowError MISSING_INPUT for a folder without */
async function picturesAt(place: string, cwd: string): Promise<readonly string[]> {
  const folder = path.resolve(cwd, place);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) return [place];
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  const pictures: string[] = [];
  for (const name of names.filter((one) => PICTURE.test(one) && !one.startsWith('.')).sort(compareText)) {
    // Links to pictures are pictures.
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) pictures.push(path.join(place, name));
  }
  if (pictures.length > 0) return pictures;
  throw new WinnowError('MISSING_INPUT', 'There are no pictures in this folder', {
    where: folder,
    next: 'Name a folder that holds pictures itself: folders within it are not entered.',
  });
}
