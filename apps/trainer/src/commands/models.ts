import type { CommandSpec } from '@winnow/contracts';

export const modelsCommand: CommandSpec = {
  name: 'models',
  summary: 'List the network architectures',
  arguments: [],
  options: [
    { flags: '--classes <n>', description: 'classes to count parameters for', type: 'integer', min: 1, default: 10 },
  ],
  async run(input) {
    const { createModel, MODEL_NAMES } = await import('@winnow/models');
    const classCount = Number(input.options['classes']);
    const rows = MODEL_NAMES.map((name) => {
      const model = createModel(name, { classCount, seed: 0 });
      const row = { name, parameters: model.parameterCount, featureDim: model.featureDim };
      model.dispose();
      return row;
    });
    return {
      exitCode: 0,
      json: { classes: classCount, models: rows },
      text: [
        `${'model'.padEnd(14)}${'parameters'.padStart(12)}${'features'.padStart(10)}`,
        ...rows.map(
          ({ name, parameters, featureDim }) =>
            `${name.padEnd(14)}${String(parameters).padStart(12)}${String(featureDim).padStart(10)}`,
        ),
      ],
    };
  },
};
