import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { nearNames } from '@winnow/files';
import type { ExternalRunner } from '../../external/external-network';
import { checkLayerSizes, type TfjsFiles } from './read-tfjs-files';

/**
 * A TF.js model by tfjs itself, from memory: nothing is fetched.
 * @param outputs names of layers (LayersModel) or nodes (GraphModel)
 * @throws WinnowError FORMAT_INVALID where it does not load; TEACHER_MISMATCH naming outputs that it does not have
 */
export async function openTfjs(files: TfjsFiles, outputs: readonly string[], where: string): Promise<ExternalRunner> {
  if (files.kind === 'tfjs-layers') checkLayerSizes(files.json, where);
  const handler: tf.io.IOHandler = {
    load: () =>
      tf.io.getModelArtifactsForJSON(files.json as unknown as tf.io.ModelJSON, (manifest) =>
        Promise.resolve([manifest.flatMap(({ weights }) => weights), files.weights.buffer as ArrayBuffer]),
      ),
  };
  return files.kind === 'tfjs-layers' ? openLayers(handler, outputs, where) : openGraph(handler, outputs, where);
}

async function openLayers(
  handler: tf.io.IOHandler,
  outputs: readonly string[],
  where: string,
): Promise<ExternalRunner> {
  const model = await loading(() => tf.loadLayersModel(handler), where);
  try {
    const [input] = model.inputs;
    if (input === undefined || model.inputs.length !== 1) throw manyInputs(model.inputs.length, where);
    requireNames(
      outputs,
      model.layers.map(({ name }) => name),
      where,
    );
    const chosen = tf.model({ inputs: input, outputs: outputs.map((name) => layerOutput(model, name)) });
    return {
      inputShape: input.shape,
      run: (images) => {
        const answers = chosen.predictOnBatch(images);
        return Array.isArray(answers) ? answers : [answers];
      },
      dispose: () => void model.dispose(),
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function layerOutput(model: tf.LayersModel, name: string): tf.SymbolicTensor {
  const output = model.getLayer(name).output;
  return Array.isArray(output) ? (output[0] as tf.SymbolicTensor) : output;
}

async function openGraph(handler: tf.io.IOHandler, outputs: readonly string[], where: string): Promise<ExternalRunner> {
  const model = await loading(() => tf.loadGraphModel(handler), where);
  try {
    const [input] = model.inputs;
    if (input === undefined || model.inputs.length !== 1) throw manyInputs(model.inputs.length, where);
    const { artifacts } = model as unknown as { artifacts: tf.io.ModelArtifacts };
    const { node } = artifacts.modelTopology as { readonly node: readonly { readonly name: string }[] };
    requireNames(
      outputs,
      node.map(({ name }) => name),
      where,
    );
    return {
      inputShape: (input.shape ?? []).map((size) => (size > 0 ? size : null)),
      run: (images) => {
        const answers = model.execute({ [input.name]: images }, [...outputs]);
        return Array.isArray(answers) ? answers : [answers];
      },
      dispose: () => model.dispose(),
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function loading<T>(load: () => Promise<T>, where: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WinnowError('FORMAT_INVALID', `tfjs does not load the model: ${reason.slice(0, 500)}`, {
      where,
      next: 'Convert it again with tensorflowjs_converter, or import it as ONNX.',
      cause,
    });
  }
}

function requireNames(wanted: readonly string[], known: readonly string[], where: string): void {
  const missing = wanted.filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const near = missing.flatMap((name) => nearNames(name, known));
  const last = known.slice(-8).join(', ');
  throw new WinnowError('TEACHER_MISMATCH', `The model has no output ${missing.join(', ')}`, {
    where,
    next: near.length > 0 ? `Near: ${near.join(', ')}. Its last ones: ${last}.` : `Its last ones: ${last}.`,
  });
}

function manyInputs(count: number, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `The model must take images as its only input; it takes ${count} inputs`, {
    where,
    next: 'Export it with one input.',
  });
}
