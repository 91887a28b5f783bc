import type { OptionSpec } from '@winnow/contracts';

/** The option of every command that computes tensors. The names are those of ENGINE_CHOICES, which is not loaded for --help. */
export const engineOption: OptionSpec = {
  flags: '--engine <name>',
  description: 'what computes the tensors',
  type: 'string',
  choices: ['auto', 'tensorflow', 'wasm', 'cpu'],
};
