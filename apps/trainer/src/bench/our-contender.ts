import type { EngineName } from '@winnow/tensor';
import type { Contender } from './contender';
import { ourStep } from './our-step';
import { type StepBench, WARM_UP_STEPS } from './step-bench';

/** Our step on an engine of this process. @param select makes the engine current */
export function ourContender(
  bench: StepBench,
  engine: EngineName,
  { select, isAlone }: { select(engine: EngineName): Promise<unknown>; readonly isAlone: boolean },
): Contender & { step(): void } {
  let step: () => void = () => undefined;
  return {
    name: engine,
    async prepare() {
      await select(engine);
      step = ourStep(bench);
      for (let warm = 0; warm < WARM_UP_STEPS; warm += 1) step();
    },
    async round() {
      await select(engine);
      step();
      return Array.from({ length: bench.steps }, () => {
        const start = performance.now();
        step();
        return performance.now() - start;
      });
    },
    step: () => step(),
    peakBytes: () => (isAlone ? process.resourceUsage().maxRSS * 1024 : null),
    close: () => undefined,
  };
}
