import type { NoiseKind, StudioProject } from '@winnow/contracts';
import type { ProjectOverview } from '@winnow/db';
import type { DecisionLog } from '@winnow/review';
import type { RouteModule, StudioContext } from '../server/studio-context';
import type { StudioPerson } from '../server/studio-keys';
import { newestSplit, nextStep } from './next-step';
import type { Said } from './next-step';

/** What the frame and the start page show. */
export const projectRoutes: RouteModule = (server, context) => {
  server.get('/api/project', (request) => describeProject(context, context.personOf(request)));
};

async function describeProject(
  context: StudioContext,
  { name, role, capability }: StudioPerson,
): Promise<StudioProject> {
  const { config, projectFile, facts, decisions, isReadOnly } = context;
  const overview = await facts.read();
  const { builds, splits, hits, images: stored, runs, bestAccuracy } = overview;
  const log = await decisions.current().catch(() => null);
  return {
    name: config.name,
    file: projectFile,
    classes: config.classes.map((one) => one.name),
    builds: builds.map(({ id, sampleCount, createdAt }) => ({ id, sampleCount, createdAt: createdAt.toISOString() })),
    splits: splits.map(({ createdAt, counts, ...split }) => ({
      ...split,
      createdAt: createdAt.toISOString(),
      counts: kindCounts(counts),
    })),
    funnel: hits === 0 && stored === 0 ? null : { hits, stored, samples: builds[0]?.sampleCount ?? 0 },
    runCount: runs,
    bestAccuracy,
    decisionCount: log === null ? 0 : [...log.decided()].length,
    next: nextStep(overview, await said(context, overview, log), projectFile),
    person: { name, role },
    isReadOnly,
    capability,
  };
}

/** Nothing is said of what cannot be read now: advice waits. */
async function said(
  { config, decisions }: StudioContext,
  overview: ProjectOverview,
  log: DecisionLog | null,
): Promise<Said> {
  if (log === null) return { isBuildBehind: false, isOfImages: false, isSplitBehind: false };
  const split = newestSplit(overview);
  const isAsked = split !== undefined && config.split.decisions;
  const [build] = overview.builds;
  const [ofBuilds, isSplitBehind] = await Promise.all([
    build === undefined ? null : decisions.sinceBuild(build, log).catch(() => null),
    isAsked ? decisions.isBehind(split, log).catch(() => false) : false,
  ]);
  const isBuildBehind = ofBuilds !== null && Object.values(ofBuilds).some((count) => count > 0);
  return { isBuildBehind, isOfImages: log.images.length > 0, isSplitBehind };
}

function kindCounts(counts: ProjectOverview['splits'][number]['counts']): Readonly<Record<NoiseKind, number>> {
  const { clean = 0, closed = 0, open = 0 } = counts as Partial<Record<NoiseKind, number>>;
  return { clean, closed, open };
}
