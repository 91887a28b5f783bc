import { requireFeatureMap } from '../model';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExternalContract, ExternalKind } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { onEngines, tf } from '@winnow/tensor';
import {
  TINY_SIZE,
  tinyLogits,
  tinyContract,
  tinyOnnx,
  type TinyOnnxOptions,
  writeTinyGraph,
  writeTinyLayers,
} from '../spec-support/external-networks-under-test';
import { readExternalSource } from './external-source';

const images = (count: number): tf.Tensor4D => {
  const random = new SeededRandom(9);
  const values = Float32Array.from({ length: count * TINY_SIZE ** 2 * 3 }, () => random.normal());
  return tf.tensor4d(values, [count, TINY_SIZE, TINY_SIZE, 3]);
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-foreign-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const writeOnnx = async (options: TinyOnnxOptions = {}): Promise<string> => {
  const file = path.join(folder, 'tiny.onnx');
  await writeFile(file, tinyOnnx(options));
  return file;
};
const WRITERS: Readonly<Record<ExternalKind, () => Promise<string>>> = {
  onnx: () => writeOnnx(),
  'tfjs-layers': () => writeTinyLayers(path.join(folder, 'layers')),
  'tfjs-graph': () => writeTinyGraph(path.join(folder, 'graph')),
};

async function open(file: string, contract: ExternalContract, size = TINY_SIZE) {
  return (await readExternalSource(file)).open(contract, size);
}

const expectClose = (found: tf.Tensor, wanted: tf.Tensor): void => {
  expect(found.shape).toEqual(wanted.shape);
  const expected = wanted.dataSync();
  found.dataSync().forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 4));
};

onEngines(() => {
  describe.each(Object.keys(WRITERS) as ExternalKind[])('a network from %s', (kind) => {
    it('gives logits, features and feature map, for any number of images, and leaks nothing', async () => {
      const network = await open(await WRITERS[kind](), tinyContract(kind));
      expect([network.classCount, network.featureDim]).toEqual([3, 4]);
      const run = (): void =>
        tf.tidy(() => {
          for (const count of [1, 5]) {
            const batch = images(count);
            const { map, pooled, scores } = tinyLogits(batch);
            const outputs = network.forward(batch);
            expectClose(outputs.logits, scores);
            expectClose(outputs.features, pooled);
            expectClose(requireFeatureMap(outputs), map);
          }
        });
      run();
      const before = tf.memory().numTensors;
      run();
      expect(tf.memory().numTensors).toBe(before);
      network.dispose();
    });

    it('turns probabilities into logits that have the same softmax', async () => {
      const contract = tinyContract(kind, { logits: { output: 'shares', values: 'probabilities' } });
      const network = await open(await WRITERS[kind](), contract);
      tf.tidy(() => {
        const batch = images(2);
        expectClose(tf.softmax(network.forward(batch).logits), tf.softmax(tinyLogits(batch).scores));
      });
      network.dispose();
    });

    it('may have logits only: its feature map is an error for whoever asks', async () => {
      const network = await open(await WRITERS[kind](), tinyContract(kind, { features: null, featureMap: null }));
      expect(network.featureDim).toBe(0);
      tf.tidy(() => {
        const outputs = network.forward(images(2));
        expect(outputs.features.dataSync()).toHaveLength(0);
        expect(outputs.featureMap).toBeNull();
        expect(() => requireFeatureMap(outputs)).toThrow(expect.objectContaining({ code: 'TEACHER_MISMATCH' }));
      });
      network.dispose();
    });

    it('is refused where layout, size or an output contradict it', async () => {
      const file = await WRITERS[kind]();
      const wrong = kind === 'onnx' ? 'nhwc' : 'nchw';
      await expect(open(file, tinyContract(kind, { layout: wrong }))).rejects.toMatchObject({
        code: 'TEACHER_MISMATCH',
      });
      await expect(open(file, tinyContract(kind), 16)).rejects.toThrow(/takes \[any,.* 8, .*not \[any,.*16/);
      await expect(open(file, tinyContract(kind, { features: { output: 'Pooled' } }))).rejects.toMatchObject({
        message: expect.stringContaining('no output Pooled'),
        next: expect.stringMatching(/near: pooled/i),
      });
      const map = { output: 'map', layout: wrong } as const;
      await expect(open(file, tinyContract(kind, { featureMap: map }))).rejects.toThrow(/output map has the shape/);
      await expect(open(file, tinyContract(kind, { features: { output: 'map' } }))).rejects.toThrow(/not \[1, any\]/);
    });
  });
}, ['tensorflow', 'wasm']);

onEngines(() => {
  describe('an ONNX file', () => {
    it('that was made for two images answers five', async () => {
      const network = await open(await writeOnnx({ batch: 2 }), tinyContract('onnx'));
      tf.tidy(() => {
        const batch = images(5);
        expectClose(network.forward(batch).logits, tinyLogits(batch).scores);
        expectClose(requireFeatureMap(network.forward(batch)), tinyLogits(batch).map);
      });
      network.dispose();
    });

    it('says what it knows of itself', async () => {
      const input = { size: 8, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] };
      const metadata = { classes: '["a, b","c"]', input: JSON.stringify(input), layout: 'NCHW', other: 'x' };
      const { hints } = await readExternalSource(await writeOnnx({ metadata }));
      expect(hints).toEqual({ classes: ['a, b', 'c'], input, layout: 'nchw' });
      await expect(readExternalSource(await writeOnnx({ metadata: { layout: 'HWC' } }))).rejects.toMatchObject({
        code: 'FORMAT_INVALID',
        where: expect.stringContaining('metadata layout'),
      });
    });

    it('with another input or damage is refused', async () => {
      await expect(open(await writeOnnx({ inputType: 11 }), tinyContract('onnx'))).rejects.toMatchObject({
        message: 'The model must take one input of float32 or float16, not image (float64)',
        next: expect.stringContaining('float32'),
      });
      const file = path.join(folder, 'cut.onnx');
      const whole = tinyOnnx();
      for (const length of [0, 1, 40, whole.length - 1]) {
        await writeFile(file, whole.subarray(0, length));
        await expect(readExternalSource(file)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
      }
      await writeFile(file, Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f));
      await expect(readExternalSource(file)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
      await expect(readExternalSource(path.join(folder, 'none.onnx'))).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
      });
    });

    it('that onnxruntime does not take is an error, and so is a question after the end', async () => {
      const broken = Buffer.from(tinyOnnx());
      broken.write('Rolu', broken.indexOf('Relu'));
      const file = path.join(folder, 'unknown.onnx');
      await writeFile(file, broken);
      await expect(open(file, tinyContract('onnx'))).rejects.toThrow(/onnxruntime does not load the model: .*Rolu/);
      const network = await open(await writeOnnx(), tinyContract('onnx'));
      network.dispose();
      tf.tidy(() => {
        const batch = images(1);
        expect(() => network.forward(batch)).toThrow(/disposed/);
      });
    });
  });

  describe('a TF.js model', () => {
    const change = async (edit: (json: Record<string, never>) => unknown): Promise<string> => {
      const file = await writeTinyLayers(path.join(folder, 'changed'));
      const json = JSON.parse(await readFile(file, 'utf8')) as Record<string, never>;
      edit(json);
      await writeFile(file, JSON.stringify(json));
      return file;
    };

    it.each(['../tiny.onnx', '/etc/hostname', 'http://127.0.0.1/w.bin', 'a\\b', 'a/../../x', 'file:x'])(
      'does not read the weights from %s',
      async (location) => {
        const file = await change((json: Record<string, { paths: string[] }[]>) => {
          (json['weightsManifest'] as { paths: string[] }[])[0] = {
            ...json['weightsManifest']?.[0],
            paths: [location],
          } as never;
        });
        await expect(readExternalSource(file)).rejects.toMatchObject({
          code: 'FORMAT_INVALID',
          message: expect.stringContaining('not a path within'),
        });
      },
    );

    it('does not follow a link out of its folder, nor read more or less than it says', async () => {
      const outside = path.join(folder, 'outside.bin');
      await writeFile(outside, new Uint8Array(4));
      const file = await change((json: Record<string, { paths: string[] }[]>) => {
        (json['weightsManifest']?.[0] as { paths: string[] }).paths = ['link.bin'];
      });
      await symlink(outside, path.join(path.dirname(file), 'link.bin'));
      await expect(readExternalSource(file)).rejects.toThrow(/leads out of its folder/);
      const claims = await change((json: Record<string, { weights: { shape: number[] }[] }[]>) => {
        (json['weightsManifest']?.[0]?.weights[0] as { shape: number[] }).shape = [1e6, 1e6];
      });
      await expect(readExternalSource(claims)).rejects.toThrow(/more than|describes/);
      const short = await change(() => undefined);
      await writeFile(path.join(path.dirname(short), 'group1-shard1of1.bin'), new Uint8Array(8));
      await expect(readExternalSource(short)).rejects.toThrow(/hold 8 bytes, its manifest describes \d+/);
    });

    it('whose layers are larger than its weights, or that is something else, is refused', async () => {
      const text = await readFile(await writeTinyLayers(path.join(folder, 'huge')), 'utf8');
      const file = path.join(folder, 'huge', 'model.json');
      await writeFile(file, text.replace('"units":3', '"units":2000000000'));
      await expect(open(file, tinyContract('tfjs-layers'))).rejects.toThrow(/units is larger than 4/);
      await writeFile(file, text.replace('"class_name":"Dense"', '"class_name":"Lambda"'));
      await expect(open(file, tinyContract('tfjs-layers'))).rejects.toThrow(/tfjs does not load the model/);
      for (const bad of ['', '[]', '{}', '{"modelTopology":{}}']) {
        await writeFile(file, bad);
        await expect(readExternalSource(file)).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
      }
    });
  });
}, ['wasm']);
