import { SeededRandom } from '@winnow/random';
import { onEngines, tf } from '@winnow/tensor';
import { architectureNamed, type ModelName, outlineModel } from '../create-model';
import { decodeSafetensors } from './safetensors/decode-safetensors';
import { loadWeights } from '../weights/load-weights';
import type { ForwardResult, Model } from '../model';
import { saveWeights } from '../weights/save-weights';
import { ABOUT_TEST, weightedModel } from '../spec-support/networks-under-test';
import { openExported } from '../spec-support/open-exported';
import { calibrate } from '../int8/calibrate';
import { encodeLayersModel, encodeLayersModelInt8 } from './tfjs/encode-layers-model';
import { encodeOnnx } from './onnx/encode-onnx';
import { encodeOnnxFloat16 } from './onnx/onnx-float16';
import { encodeOnnxInt8 } from './onnx/onnx-int8';
import { recordGraph } from '../passes/record-graph';

const MODELS: readonly ModelName[] = ['resnet8', 'wrn-16-1', 'mobilenetv1-025', 'convnext-atto'];
const COUNT = 4;

/** Small, and odd on the way. */
const sizeOf = (name: ModelName): number => (architectureNamed(name).imageSize === 224 ? 40 : 17);

const noise = (seed: string, size: number): tf.Tensor4D => {
  const random = new SeededRandom(seed);
  return tf.tensor4d(Float32Array.from({ length: COUNT * size * size * 3 }, () => random.normal()), [COUNT, size, size, 3]); // prettier-ignore
};

/** Root of the mean square of the difference of logits, of that of the logits. */
function differenceOf(found: ForwardResult, wanted: ForwardResult): number {
  const square = (tensor: tf.Tensor) => tf.mean(tf.square(tensor)).dataSync()[0] as number;
  return Math.sqrt(square(tf.sub(found.logits, wanted.logits)) / square(wanted.logits));
}

const total = (files: ReadonlyMap<string, Uint8Array>): number =>
  [...files.values()].reduce((sum, { length }) => sum + length, 0);

onEngines(() => {
  describe.each(MODELS)('%s in less precision', (name) => {
    const size = sizeOf(name);
    const input = { ...ABOUT_TEST.input, size };
    let model: Model;
    beforeEach(() => {
      model = weightedModel(name);
    });
    afterEach(() => model.dispose());
    const graphOf = () => recordGraph(model, { input, raw: false });
    const aboutOf = () => ({ ...ABOUT_TEST, model: name, input });

    const difference = async (files: ReadonlyMap<string, Uint8Array>): Promise<number> => {
      const { network } = await openExported(files, size);
      try {
        return tf.tidy(() => {
          const images = noise('asked', size);
          return differenceOf(network.forward(images), model.forward(images, { training: false }));
        });
      } finally {
        network.dispose();
      }
    };
    const onnx = (bytes: Uint8Array) => new Map([['model.onnx', bytes]]);

    it('answers as it does with weights of float16, in half the bytes', async () => {
      const [graph, about] = [graphOf(), aboutOf()];
      for (const [whole, half] of [
        [onnx(encodeOnnx(graph, about)), onnx(encodeOnnxFloat16(graph, about))],
        [encodeLayersModel(graph, about), encodeLayersModel(graph, about, 'float16')],
      ] as const) {
        expect(await difference(half)).toBeLessThan(0.01);
        expect(total(whole) - total(half)).toBeGreaterThan(0.45 * weightBytes(model));
      }
    });

    it('keeps its weights as float16 in safetensors, its vectors as they are', () => {
      const bytes = saveWeights(model, {}, 'float16');
      const again = outlineModel(name, ABOUT_TEST.classes.length);
      loadWeights(again, bytes, { where: 'half' });
      for (const [key, { shape, dtype }] of decodeSafetensors(bytes).tensors) {
        expect([key, dtype]).toEqual([key, shape.length > 1 ? 'F16' : 'F32']);
      }
      tf.tidy(() => {
        const images = noise('asked', size);
        expect(
          differenceOf(again.forward(images, { training: false }), model.forward(images, { training: false })),
        ).toBeLessThan(0.01);
      });
      again.dispose();
    });

    it('answers nearly as it does in int8, in a quarter of the bytes', async () => {
      const [graph, about] = [graphOf(), aboutOf()];
      const before = tf.memory().numTensors;
      const calibration = calibrate(graph, about, [noise('first', size), noise('second', size)]);
      expect(tf.memory().numTensors).toBe(before);
      const files = onnx(encodeOnnxInt8(graph, about, calibration));
      expect(await difference(files)).toBeLessThan(0.15);
      expect(total(onnx(encodeOnnx(graph, about))) - total(files)).toBeGreaterThan(0.6 * weightBytes(model));
      const layers = encodeLayersModelInt8(graph, about, calibration);
      expect(await difference(layers)).toBeLessThan(0.1);
      expect(total(encodeLayersModel(graph, about)) - total(layers)).toBeGreaterThan(0.6 * weightBytes(model));
    });
  });
}, ['wasm']);

/** Of filters and matrices. */
function weightBytes(model: Model): number {
  return [...model.parameters.values()].reduce((sum, { shape, size }) => sum + (shape.length > 1 ? 4 * size : 0), 0);
}
