import { onEngines, tf } from '@winnow/tensor';
import { createModel, type ExternalNetwork } from '@winnow/models';
import {
  centreLogits,
  classColumns,
  foldModel,
  externalFrozen,
  freezeModel,
  type FrozenNetwork,
  type FrozenTeacher,
  mapTeacher,
} from './frozen-network';
import { predict } from './predict';
import { colourImages, SMALL_INPUT, smallNetwork } from '../spec-support/training-under-test';

onEngines(() => {
  it('mapTeacher gives the logits of our classes in our order', async () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    const mapped = mapTeacher(teacher, ['red', 'green', 'blue'], ['blue', 'red']);
    expect(mapped.classCount).toBe(2);
    const images = colourImages(5);
    const all = await predict(teacher, images);
    const ours = await predict(mapped, images);
    for (let row = 0; row < 5; row += 1) {
      expect([...ours.logits.subarray(row * 2, row * 2 + 2)]).toEqual([all.logits[row * 3 + 2], all.logits[row * 3]]);
    }
    expect(ours.features).toEqual(all.features);
    model.dispose();
  });

  it('tells the log-odds of the classes that are not ours, also where they are next to none, and by predict', async () => {
    const rows = [0, 60, 3];
    const teacher: FrozenNetwork = {
      input: SMALL_INPUT,
      classCount: 4,
      featureDim: 0,
      outputs: (images) => {
        const count = images.shape[0];
        const logits = tf.tensor2d(
          rows.slice(0, count).flatMap((ours) => [1, ours, 2, ours]),
          [count, 4],
        );
        return { logits, features: tf.zeros([count, 0]), featureMap: tf.zeros([count, 1, 1, 0]) };
      },
      dispose: () => undefined,
    };
    const theirs = ['a', 'x', 'b', 'y'];
    const mapped = mapTeacher(teacher, theirs, ['y', 'x']);
    const { outside } = await predict(mapped, colourImages(3), { flipped: true });
    rows.forEach((ours, row) => {
      const expected = Math.log(Math.exp(1) + Math.exp(2)) - ours - Math.log(2);
      expect(outside?.[row]).toBeCloseTo(expected, 4);
    });
    const [same, permuted] = [theirs, ['y', 'x', 'a', 'b']].map((names) => mapTeacher(teacher, theirs, names));
    for (const network of [same, permuted] as FrozenTeacher[]) {
      expect((await predict(network, colourImages(3))).outside).toBeNull();
    }
  });

  it('centreLogits gives logits of mean 0 with the same softmax', () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    tf.tidy(() => {
      const images = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, 'float32', 3);
      const [theirs, centred] = [teacher, centreLogits(teacher)].map((network) => network.outputs(images).logits);
      const error = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];
      expect(error(tf.softmax(centred as tf.Tensor2D), tf.softmax(theirs as tf.Tensor2D))).toBeLessThan(1e-6);
      expect(error(tf.mean(centred as tf.Tensor2D, 1), tf.zeros([2]))).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it('mapTeacher leaves a teacher of the same classes alone', () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    expect(mapTeacher(teacher, ['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(teacher);
    model.dispose();
  });

  it('mapTeacher names what the teacher does not know', () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    const code = 'TEACHER_MISMATCH';
    expect(() => mapTeacher(teacher, ['a', 'b', 'c'], ['a', 'x', 'y'])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('x, y') }),
    );
    expect(() => mapTeacher(teacher, ['a', 'b'], ['a'])).toThrow(expect.objectContaining({ code }));
    model.dispose();
  });

  it('mapTeacher takes other names, numbers of outputs, and refuses what is not one output', () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    const theirs = ['background', 'crane', 'crane'];
    const mapped = mapTeacher(teacher, theirs, ['machine', 'nothing'], { machine: '#2', nothing: 'background' });
    tf.tidy(() => {
      const images = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, 'float32', 3);
      const [first, , third] = teacher.outputs(images).logits.unstack(1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      expect(mapped.outputs(images).logits.dataSync()).toEqual(tf.stack([third, first], 1).dataSync());
    });
    const code = 'TEACHER_MISMATCH';
    const map = (ours: string[], rename = {}) => expect(() => mapTeacher(teacher, theirs, ours, rename));
    map(['crane', 'background']).toThrow(expect.objectContaining({ code, next: expect.stringContaining('#2') }));
    map(['a', 'b'], { a: '#1', b: '#1' }).toThrow(expect.objectContaining({ code }));
    map(['a'], { a: '#3' }).toThrow(/does not know the classes a \(as #3\)/);
    map(['Crane', 'Back-ground']).toThrow(
      expect.objectContaining({ next: expect.stringMatching(/Crane: "crane"; Back-ground: "background"/) }),
    );
    model.dispose();
  });

  it('classColumns reads a long class list once, not once for each class', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
    let reads = 0;
    const theirs = new Proxy(names, {
      get: (list, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(list, key) as unknown;
      },
    });
    expect(classColumns(theirs, [...names].reverse())).toEqual(names.map((_, index) => 999 - index));
    expect(reads).toBeLessThanOrEqual(2 * names.length);
  });

  it('foldModel answers as the model does and frees what it made; freezeModel follows the weights', () => {
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    tf.tidy(() => {
      const images = tf.randomNormal<tf.Rank.R4>([4, 8, 8, 3], 2, 3, 'float32', 3);
      model.forward(images, { training: true });
      const live = freezeModel(model, SMALL_INPUT);
      const folded = foldModel(model, SMALL_INPUT);
      const wanted = live.outputs(images);
      const found = folded.outputs(images);
      for (const name of ['logits', 'features', 'featureMap'] as const) {
        const values = (wanted[name] as tf.Tensor).dataSync();
        (found[name] as tf.Tensor)
          .dataSync()
          .forEach((value, at) => expect(value).toBeCloseTo(values[at] as number, 4));
      }
      folded.dispose();
      for (const variable of model.trainable) variable.assign(tf.mul(variable, 1.5));
      expect(live.outputs(images).logits.dataSync()).not.toEqual(wanted.logits.dataSync());
    });
    const before = tf.memory().numTensors;
    foldModel(model, SMALL_INPUT).dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('an imported teacher without features has no feature map when it is mapped either, and predict works', async () => {
    let isOpen = true;
    const external: ExternalNetwork = {
      classCount: 3,
      featureDim: 0,
      forward: (images) => {
        const logits = tf.mean(images, [1, 2]) as tf.Tensor2D;
        return { logits, features: tf.zeros([images.shape[0], 0]), featureMap: null };
      },
      dispose: () => {
        isOpen = false;
      },
    };
    const mapped = mapTeacher(externalFrozen(external, SMALL_INPUT), ['r', 'g', 'b'], ['b', 'r']);
    const before = tf.memory().numTensors;
    const { logits, features } = await predict(mapped, colourImages(5));
    expect([logits.length, features.length, tf.memory().numTensors]).toEqual([10, 0, before]);
    tf.tidy(() => expect(mapped.outputs(tf.zeros([1, 8, 8, 3])).featureMap).toBeNull());
    mapped.dispose();
    expect(isOpen).toBe(false);
  });

  it('predict with mirror images gives the mean with the answers to images turned left to right', async () => {
    const model = smallNetwork({ seed: 2 });
    const network = freezeModel(model, SMALL_INPUT);
    const images = colourImages(5);
    const { size } = images;
    const flipped = images.pixels.map((_, at) => {
      const [pixel, channel] = [Math.floor(at / 3), at % 3];
      const x = pixel % size;
      return images.pixels[(pixel - x + (size - 1 - x)) * 3 + channel] as number;
    });
    const [one, other] = [await predict(network, images), await predict(network, { ...images, pixels: flipped })];
    const both = await predict(network, images, { flipped: true });
    expect(Math.abs((one.logits[0] as number) - (other.logits[0] as number))).toBeGreaterThan(1e-3);
    for (const part of ['logits', 'features'] as const) {
      both[part].forEach((value, at) => {
        expect(value).toBeCloseTo(((one[part][at] as number) + (other[part][at] as number)) / 2, 5);
      });
    }
    model.dispose();
  });

  it.each([NaN, Infinity])('predict names the first image whose answer is %p', async (output) => {
    const model = smallNetwork({ seed: 2 });
    const network = freezeModel(model, SMALL_INPUT);
    const images = colourImages(7);
    let asked = 0;
    const broken: typeof network = {
      ...network,
      outputs: (pictures) => {
        const outputs = network.outputs(pictures);
        asked += 1;
        return asked === 2 ? { ...outputs, logits: tf.mul(outputs.logits, [[1, 1, 1], [1, output, 1], [1, 1, 1]]) } : outputs; // prettier-ignore
      },
    };
    await expect(predict(broken, images, { batch: 3 })).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringMatching(/^The network answers \S+ to the image image-4$/) as unknown,
    });
    model.dispose();
  });

  it('predict does not depend on the batch, leaks nothing and refuses images of another size', async () => {
    const model = smallNetwork({ seed: 2 });
    const network = freezeModel(model, SMALL_INPUT);
    const images = colourImages(7);
    const before = tf.memory().numTensors;
    const whole = await predict(network, images);
    const parts = await predict(network, images, { batch: 3 });
    expect(tf.memory().numTensors).toBe(before);
    whole.logits.forEach((value, at) => expect(parts.logits[at]).toBeCloseTo(value, 5));
    const wide = freezeModel(model, { ...SMALL_INPUT, size: 16 });
    await expect(predict(wide, images)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    const abort = new AbortController();
    abort.abort();
    await expect(predict(network, images, { signal: abort.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    model.dispose();
  });
});
