import path from 'node:path';
import { startStepSchema } from '@winnow/contracts';
import type { StudioStepName, StudioSteps } from '@winnow/contracts';
import { z } from 'zod';
import type { RouteModule } from '../server/studio-context';
import type { StudioPerson } from '../server/studio-keys';
import { stepArguments } from './step-arguments';
import { StepRunner } from './step-runner';
import { ownProgram } from './winnow-program';

const stopSchema = z.strictObject({ id: z.uuid() });

/** Which pages a step changes. */
const CRAWL_STEPS: ReadonlySet<StudioStepName> = new Set(['crawl', 'engines check', 'forget']);

/** Commands that pages start: of a closed list, with checked flags. */
export const stepRoutes: RouteModule = (server, context) => {
  const runner = new StepRunner(ownProgram(), path.join(context.config.paths.state, 'studio', 'steps'), (step) => {
    context.events.publish(CRAWL_STEPS.has(step) ? 'crawl' : 'runs');
    context.events.publish('project');
    // What it made is there when pages ask.
    void context.facts.renew().catch(() => undefined);
  });
  context.signal.addEventListener('abort', () => runner.stopAll(), { once: true });
  const answer = async (person: StudioPerson): Promise<StudioSteps> => ({
    steps: await runner.list(),
    refused: context.isReadOnly
      ? 'This studio was started with --read-only.'
      : person.role === 'reviewer'
        ? 'Reviewers decide of images; steps are for owners.'
        : null,
  });
  server.get('/api/steps', (request) => answer(context.personOf(request)));
  server.post('/api/steps', async (request) => {
    const { step, options } = startStepSchema.parse(request.body);
    return runner.start({ step, options }, stepArguments(step, options, context.projectFile), context.now());
  });
  server.post('/api/steps/stop', (request) => {
    runner.stop(stopSchema.parse(request.body).id);
    return answer(context.personOf(request));
  });
};
