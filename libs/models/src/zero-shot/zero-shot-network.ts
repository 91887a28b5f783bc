import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import type { ForwardResult } from '../model';
import type { ExternalNetwork } from '../external/external-network';
import type { TextEmbeddings } from './zero-shot-text';

/** Of the sum of squares: an embedding of zeros, which has no direction, gives equal logits. */
const MIN_SQUARES = 1e-24;

/**
 * An image tower and names as one classifier: logits are the scaled cosines between the embeddings of image and names,
 * less their mean over the names; features are the image embeddings, scaled to length 1. What is common to all names
 * (the offset between the two towers' embeddings, and SigLIP's bias) cancels in every softmax, and would read as
 * evidence for or against all of them. Radford et al., ICML 2021; Zhai et al., ICCV 2023.
 * @param tower its features are embeddings, [batch, dim]; it is the result's to dispose of
 * @param scale of the cosines: the logit scale over the temperature
 * @throws WinnowError TEACHER_MISMATCH where image and text embeddings have not as many numbers; the tower is then
 *   disposed of
 */
export function zeroShotNetwork(
  tower: ExternalNetwork,
  text: TextEmbeddings,
  { scale, where }: { readonly scale: number; readonly where: string },
): ExternalNetwork {
  const { classes, dim } = text;
  if (tower.featureDim !== dim) {
    tower.dispose();
    throw new WinnowError(
      'TEACHER_MISMATCH',
      `Image embeddings have ${tower.featureDim} numbers, text embeddings ${dim}`,
      { where, next: 'Name the projected embedding (CLIP: image_embeds), of the same network as the texts.' },
    );
  }
  const head = tf.tensor2d(headOf(text, scale), [classes.length, dim]);
  return {
    classCount: classes.length,
    featureDim: dim,
    forward: (images) =>
      tf.tidy(() => {
        const outputs = tower.forward(images);
        const squares = tf.sum(tf.square(outputs.features), 1, true);
        const features = tf.div(outputs.features, tf.sqrt(tf.maximum(squares, MIN_SQUARES))) as tf.Tensor2D;
        const logits = tf.matMul(features, head, false, true) as tf.Tensor2D;
        return { ...outputs, features, logits } as ForwardResult & tf.TensorContainerObject;
      }),
    dispose: () => {
      head.dispose();
      tower.dispose();
    },
  };
}

/** Rows whose products with a direction are the logits: the mean over the classes is taken off the rows once. */
function headOf({ classes, dim, values }: TextEmbeddings, scale: number): Float32Array {
  const mean = new Float64Array(dim);
  values.forEach((value, at) => {
    mean[at % dim] = (mean[at % dim] as number) + value / classes.length;
  });
  return values.map((value, at) => scale * (value - (mean[at % dim] as number)));
}
