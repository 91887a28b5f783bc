import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandSpec, ImageSet, JsonValue } from '@winnow/contracts';
import { SQUARES, squareAsLearnt } from '../square-as-learnt';
import { engineOption } from './engine-option';

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };

export const predictCommand: CommandSpec = {
  name: 'predict',
  summary: 'Classify picture files with a trained model',
  arguments: [
    { name: 'model', description: 'safetensors file, folder of a run, or imported teacher', required: true },
    { name: 'images', description: 'picture files', required: true, variadic: true },
  ],
  options: [
    { flags: '--top <n>', description: 'classes to show', type: 'integer', min: 1, default: 3 },
    {
      flags: '--resize <how>',
      description: "how the pictures become square (default: as the model's own did, else squash)",
      type: 'string',
      choices: SQUARES,
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
    const files = input.arguments['images'] as readonly string[];
    await startTensorEngine(input.options['engine'] as 'wasm', { ...io, log: () => undefined });
    const network = await loadNetwork(await weightsFile(path.resolve(io.cwd, String(input.arguments['model']))));
    const { size } = network.input;
    const resize = squareAsLearnt(input.options['resize'], network.resize);
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
        const ranked = rank([...logits], network.classes).slice(0, top);
        results.push({ file, predictions: ranked });
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

/** Softmax, most probable first. */
function rank(logits: readonly number[], classes: readonly string[]): { className: string; probability: number }[] {
  const largest = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((total, value) => total + value, 0);
  return weights
    .map((weight, index) => ({ className: classes[index] ?? String(index), probability: weight / sum }))
    .sort((a, b) => b.probability - a.probability);
}
