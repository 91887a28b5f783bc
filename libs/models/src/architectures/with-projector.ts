import { type Architecture, mapOf } from './architecture';
import { convolutionNorm } from './convolution-norm';
import type { Model } from '../model';

const PREFIX = 'projector';
/** How the names of a projector's weights begin. */
export const PROJECTOR_PREFIX = `${PREFIX}.`;
/** Its inner channels are the outer ones divided by this. */
const FACTOR = 2;

/**
 * The network with a projector between its last feature map and the pool, in place of a head: convolutions 1x1, 3x3 and
 * 1x1, each with batch norm and ReLU. What SimKD leaves in a student so that the teacher's classifier fits it: Chen et al., "Knowledge
 * Distillation with the Reused Teacher Classifier", CVPR 2022, section 3.2.
 * @param featureDim channels after it
 */
export function withProjector(plain: Architecture, featureDim: number): Architecture {
  return {
    ...plain,
    name: `${plain.name}+projector-${featureDim}`,
    body: (store) => {
      const body = plain.body(store);
      const { trunk, featureMapDim: from } = body;
      const inner = Math.max(1, Math.floor(featureDim / FACTOR));
      const layers = (
        [
          [1, from, inner],
          [3, inner, inner],
          [1, inner, featureDim],
        ] as const
      ).map(([kernel, inputs, outputs], location) => {
        const names = [`${PREFIX}.${location}.conv`, `${PREFIX}.${location}.bn`] as const;
        return convolutionNorm(store, names, { kernel, from: inputs, to: outputs, stride: 1 });
      });
      return {
        featureMapDim: featureDim,
        trunk: (images, pass) =>
          layers.reduce(
            (x, layer) => pass.convolveNorm(x, layer, { activation: 'relu' }),
            mapOf(body, trunk(images, pass), pass),
          ),
      };
    },
  };
}

/** True for a network that was made with a projector. */
export function hasProjector({ parameters }: Pick<Model, 'parameters'>): boolean {
  return parameters.has(`${PREFIX}.0.conv.weight`);
}
