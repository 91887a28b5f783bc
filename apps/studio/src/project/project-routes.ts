import type { NoiseKind, StudioProject } from '@winnow/contracts';
import type { ProjectOverview } from '@winnow/db';
import type { RouteModule, StudioContext } from '../server/studio-context';
import type { StudioPerson } from '../server/studio-keys';
import { nextStep } from './next-step';

const NOTHING = { ofImages: null, ofBuilds: null };

/** What the frame and the start page show. */
export const projectRoutes: RouteModule = (server, context) => {
  server.get('/api/project', (request) => describeProject(context, context.personOf(request)));
};

async function describeProject(
  { config, projectFile, facts, decisions, isReadOnly }: StudioContext,
  { name, role, capability }: StudioPerson,
): Promise<StudioProject> {
  const overview = await facts.read();
  const { builds, splits, hits, images: stored, runs, bestAccuracy } = overview;
  const decisionCount = await decisions.count().catch(() => 0);
  const said = await decisions.saidLast().catch(() => NOTHING);
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
    decisionCount,
    next: nextStep(overview, said, projectFile),
    person: { name, role },
    isReadOnly,
    capability,
  };
}

function kindCounts(counts: ProjectOverview['splits'][number]['counts']): Readonly<Record<NoiseKind, number>> {
  const { clean = 0, closed = 0, open = 0 } = counts as Partial<Record<NoiseKind, number>>;
  return { clean, closed, open };
}
