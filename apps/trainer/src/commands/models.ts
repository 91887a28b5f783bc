import type { CommandSpec } from '@winnow/contracts';

const COLUMNS = [
  ['model', 20],
  ['size', 5],
  ['parameters', 12],
  ['multiply-adds', 15],
  ['features', 10],
] as const;

export const modelsCommand: CommandSpec = {
  name: 'models',
  summary: 'List the network architectures',
  arguments: [],
  options: [
    { flags: '--classes <n>', description: 'classes to count parameters for', type: 'integer', min: 1, default: 10 },
    {
      flags: '--size <pixels>',
      description: "side of the pictures to count multiply-adds for (default: each architecture's own)",
      type: 'integer',
      min: 1,
    },
  ],
  async run(input, io) {
    const { startTensorEngine } = await import('../start-tensor-engine');
    const { MODEL_NAMES, summariseModel } = await import('@winnow/models');
    // Nothing is computed: the engine that is always there and starts at once will do.
    await startTensorEngine('wasm', io);
    const classCount = Number(input.options['classes']);
    const size = input.options['size'] === undefined ? undefined : Number(input.options['size']);
    const rows = MODEL_NAMES.map((name) => summariseModel(name, { classCount, size }));
    return {
      exitCode: 0,
      json: { classes: classCount, models: rows.map((row) => ({ ...row })) },
      text: [
        tableLine(COLUMNS.map(([title]) => title)),
        ...rows.map(({ name, parameters, multiplyAdds, featureDim, ...row }) =>
          tableLine([name, row.size, parameters, millions(multiplyAdds), featureDim]),
        ),
      ],
    };
  },
};

function tableLine(cells: readonly (string | number)[]): string {
  return cells
    .map((cell, column) => {
      const width = COLUMNS[column]?.[1] ?? 0;
      return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width);
    })
    .join('');
}

/** Three digits or all before the point: 0.52 M, 41.3 M, 1814 M. */
function millions(count: number): string {
  const value = count / 1e6;
  return `${value < 100 ? value.toPrecision(3) : value.toFixed(0)} M`;
}
