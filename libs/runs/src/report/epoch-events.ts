import type { EpochMetrics } from '@winnow/contracts';

import type { ScalarEvent } from './scalar-events';

/** The curves of a run as TensorBoard points, one a quantity and epoch; the step is the epoch. */
export function epochEvents(metrics: readonly EpochMetrics[], startSeconds: number): ScalarEvent[] {
  let wallSeconds = startSeconds;
  return metrics.flatMap((epoch) => {
    wallSeconds += epoch.seconds;
    const at = { step: epoch.epoch, wallSeconds };
    const events: ScalarEvent[] = [
      { ...at, tag: 'loss/total', value: epoch.loss },
      { ...at, tag: 'learning_rate', value: epoch.learningRate },
    ];
    for (const [part, value] of Object.entries(epoch.parts)) events.push({ ...at, tag: `loss/${part}`, value });
    if (epoch.accuracy !== undefined) events.push({ ...at, tag: 'accuracy/test', value: epoch.accuracy });
    return events;
  });
}
