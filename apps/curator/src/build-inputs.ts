import { createHash } from 'node:crypto';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import { imagingVersions } from '@winnow/imaging';
import { stableJson } from '@winnow/shards';
import type { BuildPlan } from './plan-build';

/** Digest of everything that a build follows from, 64 hex digits. The order of classes counts: it numbers the labels. */
export function digestInputs(config: ProjectConfig, plan: Pick<BuildPlan, 'samples' | 'exclusions'>): string {
  const inputs = {
    project: config.name,
    classes: config.classes.map(({ name }) => name),
    config: recordedConfig(config),
    samples: plan.samples,
    exclusions: plan.exclusions,
  };
  return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

/** Settings that shape a data set, or that its users must know of; no paths, ports or dates. */
export function recordedConfig(config: ProjectConfig): JsonValue {
  const { respectRobots, resolve, engines, licenses, safe } = config.harvest;
  return {
    build: config.build,
    harvest: { engines, licenses, safe, respectRobots, resolvedHosts: Object.keys(resolve).sort() },
    imaging: imagingVersions(),
  } as unknown as JsonValue;
}
