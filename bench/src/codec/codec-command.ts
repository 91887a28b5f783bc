import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';
import { benchmarkResult } from '../harness/benchmark-result';
import { roundsOption } from '../harness/options';

/** `npm run bench -- codec IMAGES` */
export const codecCommand: CommandSpec = {
  name: 'codec',
  summary: 'What decoding a JPEG costs, beside other decoders',
  arguments: [{ name: 'images', description: 'folder or tar of JPEG files', required: true }],
  options: [
    { flags: '--images-per-round <n>', description: 'images decoded in a round', type: 'integer', min: 4, default: 60 },
    { ...roundsOption, default: 7 },
    { flags: '--against <peer>', description: 'Pillow and OpenCV, too', type: 'string', choices: ['python'] },
  ],
  examples: ['npm run bench -- codec photos.tar --against python'],
  async run({ arguments: given, options }, io) {
    const { runCodec } = await import('./run-codec');
    const result = await runCodec(
      path.resolve(io.cwd, String(given['images'])),
      {
        count: Number(options['imagesPerRound']),
        rounds: Number(options['rounds']),
        isBesidePython: options['against'] !== undefined,
      },
      io,
    );
    return benchmarkResult(result, result.programs);
  },
};
