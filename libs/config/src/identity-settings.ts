import type { IdentityRoles } from '@winnow/contracts';
import type { ProjectConfig } from './project-config';

/** What a project's settings are to the identities of its data sets, runs and comparisons; whoever adds one decides here. */
type RolesOf<Part extends keyof ProjectConfig> = IdentityRoles<NonNullable<ProjectConfig[Part]>>;

/** Of a data set. Which images a holdout keeps out is told by those, not by where they lie. */
export const BUILD_ROLES: RolesOf<'build'> = {
  size: 'result',
  resize: 'result',
  format: 'result',
  quality: 'result',
  shardSamples: 'result',
  shardBytes: 'result',
  workers: 'none',
  classes: 'result',
  where: 'result',
  labels: 'result',
  exclude: 'result',
  holdout: 'none',
  screens: 'result',
  dedupe: 'result',
};

/** Of a run and a comparison. */
export const TRAIN_ROLES: RolesOf<'train'> = {
  method: 'varied',
  epochs: 'result',
  batch: 'result',
  optimizer: 'result',
  learningRate: 'result',
  momentum: 'result',
  betas: 'result',
  epsilon: 'result',
  nesterov: 'result',
  weightDecay: 'result',
  decayNorms: 'result',
  headRate: 'result',
  layerDecay: 'result',
  batchNorm: 'result',
  ema: 'result',
  startShare: 'result',
  schedule: 'result',
  warmUp: 'result',
  seed: 'varied',
  size: 'result',
  settings: 'result',
  augment: 'result',
  accumulate: 'result',
  workers: 'none',
  pixelMemoryBytes: 'none',
};

/** Of a comparison; runs know the weights by their digest. */
export const STUDENT_ROLES: RolesOf<'student'> = {
  model: 'result',
  weights: 'result',
  head: 'result',
  input: 'result',
};

/** Of a comparison, which knows the decisions themselves by their digest; runs know the noise split by its id. */
export const SPLIT_ROLES: RolesOf<'split'> = { method: 'result', corrections: 'result', decisions: 'none' };
