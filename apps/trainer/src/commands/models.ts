import { MODEL_NAMES } from '@winnow/contracts';
import type { CommandSpec, JsonValue } from '@winnow/contracts';
import type { ModelName, ModelSummary } from '@winnow/models';
import type { ModelOrigin } from '../models/model-origins';
import type { ModelMillis } from '../models/time-models';
import { engineOption } from './engine-option';

export const modelsCommand: CommandSpec = {
  name: 'models',
  summary: 'List the network architectures: what they cost, and where pretrained weights come from',
  arguments: [],
  options: [
    { flags: '--classes <n>', description: 'classes to count parameters for', type: 'integer', min: 1, default: 10 },
    {
      flags: '--size <pixels>',
      description: "side of the images to count multiply-adds for (default: each architecture's own)",
      type: 'integer',
      min: 1,
    },
    {
      flags: '--only <names>',
      description: 'these alone, between commas (default: all)',
      type: 'list',
      choices: MODEL_NAMES,
    },
    {
      flags: '--time',
      description: 'measure inference on this machine, milliseconds an image; about a minute at first, then remembered',
      type: 'boolean',
    },
    { ...engineOption, description: 'what --time measures', default: 'auto' },
  ],
  examples: ['winnow models', 'winnow models --time --size 224'],
  async run(input, io) {
    const { startTensorEngine } = await import('../start-tensor-engine');
    const { architectureNamed, summariseModel } = await import('@winnow/models');
    const { defaultCacheDir } = await import('@winnow/tensor');
    const { MODEL_ORIGINS } = await import('../models/model-origins');
    const { timeModels } = await import('../models/time-models');
    const isTimed = input.options['time'] === true;
    // Where nothing is computed, the engine that is always there and starts at once will do.
    const engine = await startTensorEngine(isTimed ? (input.options['engine'] as 'auto') : 'wasm', io);
    const classCount = Number(input.options['classes']);
    const size = input.options['size'] === undefined ? undefined : Number(input.options['size']);
    const names = (input.options['only'] as readonly (typeof MODEL_NAMES)[number][] | undefined) ?? MODEL_NAMES;
    const summaries = names.map((name) => summariseModel(name, { classCount, size }));
    const ownSize = (name: ModelName): number => architectureNamed(name).imageSize;
    summaries.sort((a, b) => ownSize(a.name) - ownSize(b.name) || a.multiplyAdds - b.multiplyAdds);
    const millis = isTimed ? await timeModels(summaries, { engine, cacheDir: defaultCacheDir(io.env), io }) : null;
    const rows = summaries.map((summary, index) => ({
      ...summary,
      ownSize: ownSize(summary.name),
      origin: MODEL_ORIGINS[summary.name] ?? null,
      millis: millis?.[index] ?? null,
    }));
    return {
      exitCode: 0,
      json: {
        classes: classCount,
        engine: isTimed ? `${engine.name} ${engine.version}` : null,
        models: rows as unknown as JsonValue,
      },
      text: describe(rows, isTimed),
    };
  },
};

interface Row extends ModelSummary {
  readonly origin: ModelOrigin | null;
  readonly millis: ModelMillis | null;
}

const HEADINGS = ['model', 'size', 'parameters', 'multiply-adds', 'features'];
const TIME_HEADINGS = ['ms, batch 1', 'ms, batch 16'];
const ORIGIN_HEADINGS = ['names', 'pretrained weights'];

function describe(rows: readonly Row[], isTimed: boolean): string[] {
  const numbers = HEADINGS.length + (isTimed ? TIME_HEADINGS.length : 0);
  const lines = [
    [...HEADINGS, ...(isTimed ? TIME_HEADINGS : []), ...ORIGIN_HEADINGS],
    ...rows.map(({ name, size, parameters, multiplyAdds, featureDim, origin, millis }) => [
      ...[name, String(size), String(parameters), millions(multiplyAdds), String(featureDim)],
      ...(millis === null ? [] : [millis.batch1, millis.batch16].map((value) => value.toPrecision(3))),
      ...(origin === null ? ['-', '-'] : [origin.names, origin.pretrained]),
    ]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0))) ?? [];
  return lines.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column > 0 && column < numbers ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Three digits or all before the point: 0.52 M, 41.3 M, 1814 M. */
function millions(count: number): string {
  const value = count / 1e6;
  return `${value < 100 ? value.toPrecision(3) : value.toFixed(0)} M`;
}
