import type { ImageSource, InputSpec, ProjectorRecord } from '@winnow/contracts';
import { createModel } from '@winnow/models';
import type { Model, ModelName } from '@winnow/models';
import { freezeModel, predict, selectImages } from '@winnow/training';
import type { FrozenNetwork } from '@winnow/training';

/** Enough to time a pass on. */
const MAX_IMAGES = 256;

/**
 * What a method added to the network that was asked for; null where that is nothing. Its time is that of a pass over
 * some images less the same without it, after one that is not counted.
 */
export async function measureProjector(
  model: Model,
  asked: ModelName,
  { input, images, signal }: { readonly input: InputSpec; readonly images: ImageSource; readonly signal: AbortSignal },
): Promise<ProjectorRecord | null> {
  if (model.name === asked) return null;
  const plain = createModel(asked, { classCount: model.classCount, seed: 'timing' });
  try {
    const parameters = model.parameterCount - plain.parameterCount;
    const some = selectImages(
      images,
      Array.from({ length: Math.min(MAX_IMAGES, images.count) }, (_, row) => row),
    );
    if (some.count === 0) return { parameters, secondsPerPicture: null };
    const secondsOf = (network: Model) => secondsOfPass(freezeModel(network, input), some, signal);
    const more = (await secondsOf(model)) - (await secondsOf(plain));
    return { parameters, secondsPerPicture: Math.max(0, more) / some.count };
  } finally {
    plain.dispose();
  }
}

async function secondsOfPass(network: FrozenNetwork, images: ImageSource, signal: AbortSignal): Promise<number> {
  await predict(network, images, { signal });
  const startedAt = performance.now();
  await predict(network, images, { signal });
  return (performance.now() - startedAt) / 1000;
}
