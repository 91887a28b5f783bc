import type { OptionSpec } from '@winnow/contracts';

/**
 * The option of a command that computes tensors, without a default. The names are those of EngineChoice.
 */
export const engineOption: OptionSpec = {
  flags: '--engine <name>',
  description: 'what computes the tensors',
  type: 'string',
  choices: ['auto', 'tensorflow', 'wasm', 'cpu'],
};

/** The same of a command that has a project. */
export const projectEngineOption: OptionSpec = {
  ...engineOption,
  description: `${engineOption.description} (default: the project's, or auto: the fastest that there is)`,
};
