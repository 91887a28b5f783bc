import { SeededRandom } from '@winnow/random';
import { onEngines, tf } from '@winnow/tensor';
import { architectureNamed, MODEL_NAMES, type ModelName, outlineModel } from '../create-model';
import type { ExternalNetwork } from '../external/external-network';
import type { ForwardResult, Model } from '../model';
import { summariseModel } from '../passes/summarise-model';
import { ABOUT_TEST, headedModel, tinyModel, weightedModel } from '../spec-support/networks-under-test';
import { openExported } from '../spec-support/open-exported';
import { encodeLayersModel } from './tfjs/encode-layers-model';
import { encodeOnnx } from './onnx/encode-onnx';
import type { ExportGraph } from '../passes/export-graph';
import { hasKerasLayers } from './tfjs/keras-layers';
import { rawInput, recordGraph } from '../passes/record-graph';

const FORMATS = ['onnx', 'tfjs'] as const;

const bring = (graph: ExportGraph, format: (typeof FORMATS)[number], about = ABOUT_TEST) =>
  openExported(
    format === 'onnx' ? new Map([['model.onnx', encodeOnnx(graph, about)]]) : encodeLayersModel(graph, about),
    about.input.size,
  );

const noise = (count: number, size: number, scale: (value: number) => number = (value) => value): tf.Tensor4D => {
  const random = new SeededRandom('exported');
  const values = Float32Array.from({ length: count * size * size * 3 }, () => scale(random.normal()));
  return tf.tensor4d(values, [count, size, size, 3]);
};

/** Largest difference of each answer, of the largest number in it. */
function differences(found: ForwardResult, wanted: ForwardResult): number[] {
  return (['logits', 'features', 'featureMap'] as const).map((name) => {
    const [there, here] = [found[name] as tf.Tensor, wanted[name] as tf.Tensor];
    expect(there.shape).toEqual(here.shape);
    const difference = tf.max(tf.abs(tf.sub(there, here)));
    const largest = tf.max(tf.abs(here));
    expect(largest.dataSync()[0]).toBeGreaterThan(0);
    return tf.div(difference, largest).dataSync()[0] as number;
  });
}

function compare(model: Model, network: ExternalNetwork, pictures: tf.Tensor4D): void {
  for (const difference of differences(network.forward(pictures), model.forward(pictures, { training: false }))) {
    expect(difference).toBeLessThan(1e-4);
  }
}

onEngines(() => {
  describe.each([...MODEL_NAMES, 'resnet8+projector-96', 'mobilenetv2-cifar+projector-40'] as ModelName[])(
    '%s',
    (name) => {
      it('answers the same as ONNX and as LayersModel', async () => {
        const model = weightedModel(name);
        // Odd on the way: 9, 5, 3 and 40, 20, 10, 5, 3, 2.
        const { imageSize, isFixedSize } = architectureNamed(name);
        const size = isFixedSize ? imageSize : imageSize === 224 ? 40 : 9;
        const input = { ...ABOUT_TEST.input, size };
        const graph = recordGraph(model, { input, raw: false });
        for (const format of hasKerasLayers(graph) ? FORMATS : (['onnx'] as const)) {
          const { hints, network } = await bring(graph, format, { ...ABOUT_TEST, model: name, input });
          expect(hints).toMatchObject({ classes: ABOUT_TEST.classes, input });
          expect([network.classCount, network.featureDim]).toEqual([3, model.featureDim]);
          tf.tidy(() => compare(model, network, noise(2, size)));
          network.dispose();
        }
        model.dispose();
      });
    },
  );

  it('of a vision transformer is ONNX only, and no other size than its own goes through it', () => {
    const model = outlineModel('vit-tiny', 3);
    const graph = recordGraph(model, { input: { ...ABOUT_TEST.input, size: 224 }, raw: false });
    expect(() => encodeLayersModel(graph, ABOUT_TEST)).toThrow(/TF.js has no layers for a vision transformer/);
    expect(() => recordGraph(model, { input: ABOUT_TEST.input, raw: false })).toThrow(
      /takes images of 224 px, not of 16 x 16/,
    );
    expect(() => summariseModel('vit-tiny', { classCount: 3, size: 96 })).toThrow(/224 px/);
    model.dispose();
  });

  describe('an exported network', () => {
    it.each(FORMATS)('gives the answers of a tiny network that were computed by hand: %s', async (format) => {
      const model = tinyModel();
      const input = { ...ABOUT_TEST.input, size: 8 };
      const { network } = await bring(recordGraph(model, { input, raw: false }), format, { ...ABOUT_TEST, input });
      tf.tidy(() => {
        // One red place of 4 in a corner, 1.5 more green than blue: relu(4 - 1) = 3 and relu(1.5 + 0.5) = 2 there, 0 and
        // 0.5 elsewhere. Windows of 3 at 0, 2, 4, 6 of which one sees the corner: of 16 places, [3, 2] and 15 [0, 0.5].
        const values = new Float32Array(8 * 8 * 3);
        values.set([4, 1.5, 0]);
        const { logits, features } = network.forward(tf.tensor4d(values, [1, 8, 8, 3]));
        const wanted = [(2 * 3) / 16, (2 * (2 + 15 * 0.5)) / 16];
        features.dataSync().forEach((value, at) => expect(value).toBeCloseTo(wanted[at] as number, 6));
        expect(logits.dataSync()[0]).toBeCloseTo(0.375 + 0.25, 6);
        expect(logits.dataSync()[1]).toBeCloseTo(-1.1875, 6);
      });
      network.dispose();
      model.dispose();
    });

    it.each(FORMATS)('has the head and the biases of its convolutions: %s', async (format) => {
      const model = headedModel();
      expect([model.featureMapDim, model.featureDim]).toEqual([3, 5]);
      const input = { ...ABOUT_TEST.input, size: 8 };
      const { network } = await bring(recordGraph(model, { input, raw: false }), format, { ...ABOUT_TEST, input });
      tf.tidy(() => {
        const images = noise(2, 8);
        compare(model, network, images);
        const frozen = model.freeze();
        for (const difference of differences(frozen.forward(images), model.forward(images, { training: false }))) {
          expect(difference).toBeLessThan(1e-5);
        }
        frozen.dispose();
      });
      network.dispose();
      model.dispose();
    });

    it.each(FORMATS)('takes values from 0 to 255 where it normalises by itself: %s', async (format) => {
      const model = weightedModel('wrn-16-1');
      const { input } = ABOUT_TEST;
      const about = { ...ABOUT_TEST, input: rawInput(input) };
      const { hints, network } = await bring(recordGraph(model, { input, raw: true }), format, about);
      expect(hints.input).toEqual(rawInput(input));
      tf.tidy(() => {
        const bytes = noise(2, 16, (value) => Math.min(255, Math.max(0, Math.round(128 + 60 * value))));
        const scaled = tf.div(tf.sub(tf.div(bytes, 255), input.mean), input.std) as tf.Tensor4D;
        const [logits] = differences(network.forward(bytes), model.forward(scaled, { training: false }));
        expect(logits).toBeLessThan(1e-4);
      });
      network.dispose();
      model.dispose();
    });
  });
}, ['wasm']);
