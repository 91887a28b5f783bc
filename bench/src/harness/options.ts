import type { OptionSpec } from '@winnow/contracts';

/** What computes the tensors. */
export const engineOption: OptionSpec = {
  flags: '--engine <name>',
  description: 'what computes the tensors',
  type: 'string',
  choices: ['auto', 'tensorflow', 'wasm', 'cpu'],
  default: 'auto',
};

export const roundsOption: OptionSpec = {
  flags: '--rounds <n>',
  description: 'rounds, in turn with the other',
  type: 'integer',
  min: 1,
  default: 3,
};
