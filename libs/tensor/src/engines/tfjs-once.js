'use strict';
/**
 * For a process that tries somebody's TF.js network, by the path TFJS_ONCE: computes it for some images and gives nothing,
 * as only its cost is of interest. Plain JavaScript: such a process starts without the hook for TypeScript.
 */
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');

module.exports = function tfjsOnce({ kind, json, weights, outputs }) {
  const load = () =>
    tf.io.getModelArtifactsForJSON(json, async (manifest) => [
      manifest.flatMap((group) => group.weights),
      weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
    ]);
  const onBackend = async (backend, values, shape) => {
    await tf.setBackend(backend);
    const model = await (kind === 'tfjs-layers' ? tf.loadLayersModel({ load }) : tf.loadGraphModel({ load }));
    const images = tf.tensor(values, shape);
    const [input] = model.inputs;
    const found =
      kind === 'tfjs-layers'
        ? tf
            .model({ inputs: input, outputs: outputs.map((name) => [model.getLayer(name).output].flat()[0]) })
            .predictOnBatch(images)
        : model.execute({ [input.name]: images }, outputs);
    for (const output of [found].flat()) output.dataSync();
    model.dispose();
    return [];
  };
  // A few kernels are there for the slow one only.
  return (values, shape) => onBackend('wasm', values, shape).catch(() => onBackend('cpu', values, shape));
};
