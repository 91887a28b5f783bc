import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onEngines, tf } from '@winnow/tensor';
import { ABOUT_TEST, tinyModel, weightedModel } from '../../spec-support/networks-under-test';
import { encodeLayersModel } from './encode-layers-model';
import { recordGraph } from '../../passes/record-graph';

const { input } = ABOUT_TEST;

/** Gives the files to a browser, so to say. */
async function serving<T>(files: ReadonlyMap<string, Uint8Array>, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const bytes = files.get(String(request.url).slice(1));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** fetch itself, its JSON made of this realm's objects. */
const fetchFunc = async (url: string): Promise<unknown> => {
  const response = await fetch(url);
  return {
    ok: response.ok,
    json: async () => JSON.parse(await response.text()) as unknown,
    arrayBuffer: () => response.arrayBuffer(),
  };
};

onEngines(() => {
  describe('encodeLayersModel', () => {
    it('is loaded by tf.loadLayersModel from a URL, weights in several files', async () => {
      const model = weightedModel('mobilenetv2-cifar');
      const files = encodeLayersModel(recordGraph(model, { input, raw: false }), ABOUT_TEST);
      const names = [...files.keys()];
      expect(names).toEqual(['model.json', 'group1-shard1of3.bin', 'group1-shard2of3.bin', 'group1-shard3of3.bin']);
      expect(files.get('group1-shard1of3.bin')?.length).toBe(4 * 1024 * 1024);
      const loaded = await serving(files, (url) =>
        tf.loadLayersModel(tf.io.http(url, { fetchFunc: fetchFunc as unknown as typeof fetch })),
      );
      expect(loaded.getUserDefinedMetadata()).toMatchObject({ classes: ABOUT_TEST.classes, input });
      tf.tidy(() => {
        const images = tf.randomNormal([2, 16, 16, 3], 0, 1, 'float32', 7) as tf.Tensor4D;
        const wanted = model.forward(images, { training: false }).logits;
        const found = loaded.predict(images) as tf.Tensor;
        const largest = tf.max(tf.abs(wanted));
        expect(tf.div(tf.max(tf.abs(tf.sub(found, wanted))), largest).dataSync()[0]).toBeLessThan(1e-4);
      });
      loaded.dispose();
      model.dispose();
    });

    it('refuses to pad a max pool of numbers that may be negative', () => {
      const model = tinyModel();
      const graph = recordGraph(model, { input, raw: false });
      model.dispose();
      const linear = graph.map((node) =>
        node.name === 'conv1.relu.pool' ? { ...node, inputs: [graph.findIndex(({ name }) => name === 'conv1')] } : node,
      );
      expect(() => encodeLayersModel(linear, ABOUT_TEST)).toThrow(/may be negative/);
    });
  });
}, ['wasm']);
