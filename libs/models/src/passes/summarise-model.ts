import { tf } from '@winnow/tensor';
import { CountingPass } from './counting-pass';
import { architectureNamed, type ModelName, outlineModel } from '../create-model';

export interface ModelSummary {
  readonly name: ModelName;
  /** Side of the images that multiplyAdds is for, pixels. */
  readonly size: number;
  /** Trainable scalars. */
  readonly parameters: number;
  /** Multiplications of one image's way through convolutions and classifier. */
  readonly multiplyAdds: number;
  readonly featureDim: number;
  /** Elements that the convolutions give for one image: what training keeps of it grows with them. */
  readonly activations: number;
}

/**
 * What a network costs, without running it.
 * @param options size: of the images, pixels; default: the one the architecture was published for
 * @throws WinnowError CONFIG_INVALID as createModel
 */
export function summariseModel(
  name: ModelName,
  { classCount, size }: { readonly classCount: number; readonly size?: number | undefined },
): ModelSummary {
  const model = outlineModel(name, classCount);
  try {
    const side = size ?? architectureNamed(name).imageSize;
    const pass = new CountingPass();
    tf.tidy(() => void model.through(tf.zeros([1, side, side, 3]), pass));
    const { parameterCount: parameters, featureDim } = model;
    const multiplyAdds = pass.multiplyAdds + featureDim * classCount;
    return { name, size: side, parameters, multiplyAdds, featureDim, activations: pass.activations };
  } finally {
    model.dispose();
  }
}
