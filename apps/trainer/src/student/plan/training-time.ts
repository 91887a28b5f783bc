import type { ProgressSink } from '@winnow/contracts';
import { durationText } from '@winnow/runs';

/** The first step prepares what later ones find ready; so many more are a measure. */
const MIN_STEPS = 3;
const MIN_MILLIS = 3000;

/** `12 min 5 s for 1,080 steps, 0.66 s each` */
export function describeTime({
  seconds,
  steps,
  secondsPerStep,
}: Readonly<Record<'seconds' | 'steps' | 'secondsPerStep', number>>): string {
  return `${durationText(seconds * 1000)} for ${steps.toLocaleString('en-US')} steps, ${secondsPerStep.toPrecision(2)} s each`;
}

/** A sink that tells once, after the first steps, how long all of them will take. */
export function tellTime(
  sink: ProgressSink,
  log: (line: string) => void,
  now: () => number = () => performance.now(),
): ProgressSink {
  return {
    start(task) {
      const shown = sink.start(task);
      let first: { readonly done: number; readonly atMillis: number } | null = null;
      let isCorrected = task.unit !== 'steps' || task.total === undefined;
      return {
        update(done, detail) {
          shown.update(done, detail);
          first ??= { done, atMillis: now() };
          const [steps, millis] = [done - first.done, now() - first.atMillis];
          if (isCorrected || steps < MIN_STEPS || millis < MIN_MILLIS) return;
          isCorrected = true;
          const [secondsPerStep, left] = [millis / steps / 1000, (task.total ?? done) - done];
          const time = describeTime({ seconds: left * secondsPerStep, steps: left, secondsPerStep });
          log(`  Time: about ${time}; measuring the student comes on top.`);
        },
        end: (how) => shown.end(how),
      };
    },
  };
}
