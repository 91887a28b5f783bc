import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type CommandSpec,
  compareText,
  type JsonValue,
  requireUninterrupted,
  SQUARE_POLICIES,
  squareAsLearnt,
  type SquarePolicy,
  WinnowError,
} from '@winnow/contracts';
import { fileError } from '@winnow/files';
import { percentText } from '@winnow/runs';
import type { RankedClass } from '../predict/predict-images';
import { STANDARD_INPUT } from '../predict/standard-input';
import { engineOption } from './engine-option';

export const predictCommand: CommandSpec = {
  name: 'predict',
  summary: 'Classify image files with a trained model',
  arguments: [
    {
      name: 'model',
      description:
        'project file (its newest run), safetensors file, folder of a run or of an export, or imported teacher',
      required: true,
    },
    {
      name: 'images',
      description: 'image files, or folders of them; `-` is one on standard input',
      required: true,
      variadic: true,
    },
  ],
  options: [
    { flags: '--top <n>', description: 'classes to show', type: 'integer', min: 1, default: 3 },
    {
      flags: '--resize <how>',
      description: "how the images become square (default: as the model's own did, else squash)",
      type: 'string',
      choices: SQUARE_POLICIES,
    },
    { ...engineOption, default: 'wasm' },
  ],
  examples: [
    'winnow predict birds.yaml photo.jpg',
    'winnow predict .winnow/runs/2026-11-24-birds-kd-s1 photo.jpg',
    'winnow predict student.safetensors *.jpg --json',
  ],
  async run(input, io) {
    const { predictImages } = await import('../predict/predict-images');
    const { loadNetwork } = await import('../teacher/load-teacher');
    const { startTensorEngine } = await import('../start-tensor-engine');
    const { isProjectFile, projectWeights } = await import('../export/exported-weights');
    const { weightsFile } = await import('../teacher/weights-file');
    const model = String(input.arguments['model']);
    const location = path.resolve(io.cwd, model);
    const isProject = /\.(?:ya?ml|json)$/i.test(location) && (await isProjectFile(location));
    const chosen = isProject ? await projectWeights(model, undefined, io) : null;
    if (chosen !== null) io.log(`Run ${chosen.name}.`);
    const weights = chosen?.file ?? (await weightsFile(location));
    const locations = input.arguments['images'] as readonly string[];
    const names = (await Promise.all(locations.map((location) => imagesAt(location, io.cwd)))).flat();
    const files = names.map((file) => ({ file, path: file === STANDARD_INPUT ? file : path.resolve(io.cwd, file) }));
    await startTensorEngine(input.options['engine'] as 'wasm', { ...io, log: () => undefined });
    const network = await loadNetwork(weights);
    if (network.remark !== undefined) io.log(network.remark);
    const resize = squareAsLearnt(input.options['resize'] as SquarePolicy | undefined, network.resize);
    const top = Math.max(1, Number(input.options['top']));
    const results: JsonValue[] = [];
    const text: string[] = [];
    let failed = 0;
    try {
      for await (const output of predictImages(network, files, { resize, signal: io.signal })) {
        const { file } = output;
        if ('error' in output) {
          failed += 1;
          results.push({ file, error: output.error });
          io.log(`${file}: ${output.error}`);
          continue;
        }
        const ranked = output.ranked.slice(0, top);
        results.push({ file, predictions: ranked.map((one) => ({ ...one })) });
        text.push(`${file}: ${ranked.map(describeRanked).join(', ')}`);
      }
    } finally {
      network.dispose();
    }
    const unasked = files.length - results.length;
    const isNone = text.length === 0;
    if (unasked > 0) {
      const message = `Stopped: ${unasked} of ${files.length} images were not looked at`;
      if (isNone) requireUninterrupted(io.signal, message);
      io.log(`${message}.`);
    }
    if (isNone && unasked === 0)
      io.log(`error: None of ${files.length} images could be read. See the lines above, and name others.`);
    return { exitCode: failed + unasked === 0 ? 0 : isNone ? 1 : 3, json: { results, unasked }, text };
  },
};

function describeRanked({ className, probability }: RankedClass): string {
  return `${className} ${percentText(probability, { digits: 1 })}`;
}

/** Endings of what decodeImage reads; of a folder, other files are passed over. */
const IMAGE = /\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp)$/i;

/** The file itself; of a folder, the images in it by name. @throws WinnowError MISSING_INPUT for a folder without */
async function imagesAt(location: string, cwd: string): Promise<readonly string[]> {
  if (location === STANDARD_INPUT) return [location];
  const folder = path.resolve(cwd, location);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) return [location];
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  const images: string[] = [];
  for (const name of names.filter((one) => IMAGE.test(one) && !one.startsWith('.')).sort(compareText)) {
    // Links to images are images.
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) images.push(path.join(location, name));
  }
  if (images.length > 0) return images;
  throw new WinnowError('MISSING_INPUT', 'There are no images in this folder', {
    where: folder,
    next: 'Name a folder that holds images itself: folders within it are not entered.',
  });
}
