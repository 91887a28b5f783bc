import { createHash } from 'node:crypto';
import { BUILD_ROLES } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { settingsOfRoles } from '@winnow/contracts';
import type { JsonValue } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import { imagingVersions } from '@winnow/imaging';
import type { BaseSplit } from '../filter/base-split';
import type { HarvestRules } from './collected-under';
import { LEAK_BITS, SMALL_LEAK_BITS } from '../dedup/find-build-leaks';
import { LOOK_RULES } from '../dedup/find-small-image-leaks';
import type { HeldOutImages } from '../dedup/load-held-out-sources';
import type { ToldCounts } from '../dedup/told-by-people';
import type { BuildPlan } from './plan-build';

/** Raised where the same inputs give other files: data sets of before stay what they are. */
const LAYOUT = 3;
/** `smallPictures`: how those are compared beside; raised where that changes. */
const LEAK_RULES = { leakBits: LEAK_BITS, smallLeakBits: SMALL_LEAK_BITS, smallPictures: LOOK_RULES } as const;

/** Digest of everything that a build follows from, 64 hex digits. The order of classes counts: it numbers the labels. */
export function digestInputs(
  config: ProjectConfig,
  { recorded, plan }: { readonly recorded: JsonValue; readonly plan: Pick<BuildPlan, 'samples' | 'exclusions'> },
): string {
  const classes = config.classes.map(({ name }) => name);
  const hash = createHash('sha256');
  // Line by line: a million samples are more than one string can hold.
  const add = (value: unknown): void => void hash.update(`${stableJson(value)}\n`);
  add({ layout: LAYOUT, project: config.name, classes, config: recorded, samples: plan.samples.length });
  plan.samples.forEach(add);
  plan.exclusions.forEach(add);
  return hash.digest('hex');
}

/** Of those that are recorded as they are; `recordedConfig` puts the others into one form. */
const PLAIN_BUILD_ROLES: typeof BUILD_ROLES = { ...BUILD_ROLES, classes: 'none', exclude: 'none', labels: 'none' };

/** What a build is made with, beside its settings. */
export interface MadeWith {
  /** Under which its images were collected. */
  readonly harvest: HarvestRules;
  readonly heldOut: Pick<HeldOutImages, 'sources'> | null;
  /** Digest of the network whose embeddings were compared; null where they were not. */
  readonly network: string | null;
  /** Images of worlds: taken as they are, so not compared with the test images. */
  readonly unchecked: number;
  /** How much of what people said of pairs and images it follows; null where that is nothing. */
  readonly told: ToldCounts | null;
  /** By which it was cleaned; null where it was not. */
  readonly split: Pick<BaseSplit, 'id' | 'method' | 'build'> | null;
  /** `build.where` asks what people decided: which images those are, the samples say. */
  readonly isByDecisions?: boolean;
}

/**
 * Settings that shape a data set, or that its users must know of: under which rules it was crawled, and against which
 * test images it was checked. No paths, ports or dates, and nothing that does not change the result.
 */
export function recordedConfig(
  config: ProjectConfig,
  { harvest, heldOut, network, unchecked, told, split, isByDecisions = false }: MadeWith,
): JsonValue {
  const {
    respectRobots,
    respectTdm,
    checkPages,
    resolve = {},
    engines,
    licenses,
    allowLicenses,
    filters,
    safe,
  } = harvest;
  const rules = {
    respectRobots,
    respectTdm,
    checkPages,
    licenses,
    allowLicenses: allowLicenses ?? null,
    filters,
    safe,
  };
  const { classes, exclude, labels } = config.build;
  const build = {
    ...settingsOfRoles(config.build, PLAIN_BUILD_ROLES, ['result']),
    ...(classes === undefined ? {} : { classes: [...new Set(classes)].sort() }),
    exclude: [...new Set(exclude)].sort(),
    // Data sets of before stay what they are.
    ...(labels === 'given' ? {} : { labels }),
  };
  return {
    build,
    harvest: { engines, ...rules, resolvedHosts: Object.keys(resolve).sort() },
    leakCheck:
      heldOut === null
        ? null
        : { ...describeHeldOut(heldOut), ...LEAK_RULES, ...(unchecked === 0 ? {} : { unchecked }) },
    ...(network === null ? {} : { embeddings: network }),
    ...(told === null ? {} : { told }),
    ...(split === null ? {} : { split: { id: split.id, method: split.method, build: split.build } }),
    ...(isByDecisions ? { decisions: true } : {}),
    imaging: imagingVersions(),
  } as unknown as JsonValue;
}

/** One source as ever; of several, each. */
function describeHeldOut({ sources }: Pick<HeldOutImages, 'sources'>) {
  const described = sources.map(({ label, digest, count }) => ({ label, digest, pictures: count }));
  const [first] = described;
  return described.length === 1 && first !== undefined
    ? { digest: first.digest, pictures: first.pictures }
    : { pictures: described.reduce((sum, { pictures: images }) => sum + images, 0), sources: described };
}
