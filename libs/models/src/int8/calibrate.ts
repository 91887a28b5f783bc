import { tf } from '@winnow/tensor';
import type { ExportDescription } from '../formats/export-description';
import { encodeOnnx } from '../formats/onnx/encode-onnx';
import { openOnnx } from '../formats/onnx/open-onnx';
import { int8Results } from '../formats/onnx/onnx-int8';
import { type ExportGraph, GRAPH_NAMES } from '../passes/export-graph';
import type { Calibration } from './calibration';
import { ValueHistogram } from './value-histogram';

/**
 * Runs a graph in float32 on images, and chooses for each result that int8 stores the range that loses least. Input and
 * results of layers are NCHW, or have channels only.
 * @param batches [batch, size, size, 3] as the graph takes them; disposed of here, each before the next is asked for
 * @throws WinnowError as a network in onnxruntime does: TEACHER_MISMATCH, INTERRUPTED; what the batches throw
 */
export function calibrate(graph: ExportGraph, about: ExportDescription, batches: Iterable<tf.Tensor4D>): Calibration {
  const seen = new Map([...int8Results(graph)].map((name) => [name, new SeenResult()]));
  const computed = [...seen.keys()].filter((name) => name !== GRAPH_NAMES.input);
  const network = openOnnx(encodeOnnx(graph, about), computed, `${about.model} in float32, to be calibrated`);
  try {
    for (const images of batches) {
      tf.tidy(() => {
        const laidOut = tf.transpose(images, [0, 3, 1, 2]);
        seen.get(GRAPH_NAMES.input)?.add(laidOut);
        network.run(laidOut).forEach((result, index) => seen.get(computed[index] as string)?.add(result));
      });
      images.dispose();
    }
  } finally {
    network.dispose();
  }
  return new Map([...seen].map(([name, one]) => [name, { range: one.histogram.bestRange(), means: one.means }]));
}

class SeenResult {
  readonly histogram = new ValueHistogram();
  #sums = new Float64Array(0);
  #perChannel = 0;

  /** @param result [batch, channels, height, width], [batch, channels] or [batch, tokens, channels] */
  add(result: tf.Tensor): void {
    const values = result.dataSync() as Float32Array;
    this.histogram.add(values);
    const { shape, rank } = result;
    const channels = shape[rank === 3 ? 2 : 1] as number;
    const inner = rank === 4 ? (shape[2] as number) * (shape[3] as number) : 1;
    if (this.#sums.length === 0) this.#sums = new Float64Array(channels);
    for (let from = 0; from < values.length; from += inner) {
      let sum = 0;
      for (let at = from; at < from + inner; at += 1) sum += values[at] as number;
      this.#sums[(from / inner) % channels]! += sum;
    }
    this.#perChannel += values.length / channels;
  }

  get means(): Float32Array {
    return Float32Array.from(this.#sums, (sum) => sum / this.#perChannel);
  }
}
