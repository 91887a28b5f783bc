import { createHash } from 'node:crypto';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import { imagingVersions } from '@winnow/imaging';
import { stableJson } from '@winnow/shards';
import { LEAK_BITS, SMALL_LEAK_BITS } from './find-build-leaks';
import type { HeldOutSet } from './load-held-out';
import type { BuildPlan } from './plan-build';

/** Raised where the same inputs give other files: data sets of before stay what they are. 2: with ATTRIBUTION.tsv. */
const LAYOUT = 2;
const LEAK_RADII = { leakBits: LEAK_BITS, smallLeakBits: SMALL_LEAK_BITS } as const;

/** Digest of everything that a build follows from, 64 hex digits. The order of classes counts: it numbers the labels. */
export function digestInputs(
  config: ProjectConfig,
  { recorded, plan }: { readonly recorded: JsonValue; readonly plan: Pick<BuildPlan, 'samples' | 'exclusions'> },
): string {
  const inputs = {
    layout: LAYOUT,
    project: config.name,
    classes: config.classes.map(({ name }) => name),
    config: recorded,
    samples: plan.samples,
    exclusions: plan.exclusions,
  };
  return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

/**
 * Settings that shape a data set, or that its users must know of: under which rules it was crawled, and against which
 * test pictures it was checked. No paths, ports or dates.
 */
export function recordedConfig(
  config: ProjectConfig,
  heldOut: Pick<HeldOutSet, 'digest' | 'pictures'> | null,
): JsonValue {
  const { respectRobots, respectTdm, checkPages, resolve, engines, licenses, allowLicenses, filters, safe } =
    config.harvest;
  const rules = {
    respectRobots,
    respectTdm,
    checkPages,
    licenses,
    allowLicenses: allowLicenses ?? null,
    filters,
    safe,
  };
  return {
    build: config.build,
    harvest: { engines, ...rules, resolvedHosts: Object.keys(resolve).sort() },
    leakCheck: heldOut === null ? null : { digest: heldOut.digest, pictures: heldOut.pictures.length, ...LEAK_RADII },
    imaging: imagingVersions(),
  } as unknown as JsonValue;
}
