import type { OptionSpec } from '@winnow/contracts';

export const epochsOption: OptionSpec = {
  flags: '--epochs <n>',
  description: 'passes over the pool, or over what the method draws of it',
  type: 'integer',
  min: 1,
};

export const batchOption: OptionSpec = {
  flags: '--batch <n>',
  description: 'views in a step (winnow: two of each image; modul: of each set)',
  type: 'integer',
  min: 2,
};

/** The same of a command that has a project, where these win over its file. */
export const projectLengthOptions: readonly OptionSpec[] = [epochsOption, batchOption].map((option) => ({
  ...option,
  description: `${option.description} (default: the project's)`,
}));
