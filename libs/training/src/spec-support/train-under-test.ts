import type { EpochMetrics, MethodName } from '@winnow/contracts';
import { type Model, saveWeights } from '@winnow/models';
import { freezeModel } from '../teacher/frozen-network';
import { METHODS } from '../methods';
import { train } from '../loop/train';
import type { CheckpointStore, TrainOptions, TrainRequest, TrainResult } from '../loop/train-options';
import { colourImages, SMALL_INPUT, smallNetwork, turnwiseSplit } from './training-under-test';

/** For specs: what every run below learns from. */
export const images = colourImages(30);
export const data = { images, split: turnwiseSplit(images) };
export const OPTIONS: TrainOptions = { epochs: 2, batch: 4, seed: 5, learningRate: 0.02, checkpointEverySteps: 1 };

/** As the method wants it. */
function smallStudent(name: MethodName): Model {
  return smallNetwork({ seed: 1, projected: METHODS[name].studentModel !== undefined });
}

/** For specs: runs a method on small networks. @returns the student's weights, what was reported, and the result */
export async function run(
  name: MethodName,
  options: Partial<TrainOptions> = {},
  more: Partial<TrainRequest> = {},
): Promise<Omit<TrainResult, 'metrics'> & { weights: Uint8Array; metrics: EpochMetrics[] }> {
  const teacherModel = smallNetwork({ seed: 9 });
  const model = smallStudent(name);
  const metrics: EpochMetrics[] = [];
  try {
    const result = await train({
      method: METHODS[name],
      data,
      teacher: freezeModel(teacherModel, SMALL_INPUT),
      student: { model, input: SMALL_INPUT },
      options: { ...OPTIONS, ...options },
      onEpoch: (line) => void metrics.push(line),
      ...more,
    });
    return { ...result, weights: saveWeights(model, {}), metrics };
  } finally {
    teacherModel.dispose();
    model.dispose();
  }
}

/** For specs: keeps every checkpoint; stops the run when one of this step was kept. */
export function stoppingStore(stopAt: number): {
  readonly kept: Uint8Array[];
  readonly signal: AbortSignal;
  readonly checkpoint: CheckpointStore;
} {
  const abort = new AbortController();
  const kept: Uint8Array[] = [];
  return {
    kept,
    signal: abort.signal,
    checkpoint: {
      load: async () => kept.at(-1) ?? null,
      save: async (bytes: Uint8Array, { step }: { readonly step: number }) => {
        kept.push(bytes);
        if (step === stopAt) abort.abort();
      },
    },
  };
}
