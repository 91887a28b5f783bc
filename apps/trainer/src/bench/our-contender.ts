import type { EngineName } from '@winnow/tensor';
import { letEventsIn } from './compare-contenders';
import type { Contender } from './contender';
import { ourStep } from './our-step';
import { type StepBench, WARM_UP_STEPS } from './step-bench';

/** Our step on an engine of this process. @param select makes the engine current */
export function ourContender(
  bench: StepBench,
  engine: EngineName,
  {
    select,
    isAlone,
    signal,
  }: { select(engine: EngineName): Promise<unknown>; readonly isAlone: boolean; readonly signal: AbortSignal },
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
      const millis: number[] = [];
      for (let count = 0; count < bench.steps; count += 1) {
        await letEventsIn(signal);
        const start = performance.now();
        step();
        millis.push(performance.now() - start);
      }
      return millis;
    },
    step: () => step(),
    peakBytes: () => (isAlone ? process.resourceUsage().maxRSS * 1024 : null),
    close: () => undefined,
  };
}
