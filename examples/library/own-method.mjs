#!/usr/bin/env node
/**
 * A method of one's own, on a small noisy pool of drawn shapes. From the clone:
 *   node examples/library/own-method.mjs
 * It learns the teacher's softened outputs on the images whose label the teacher confirms, and sees the others never. Printed are
 * teacher and student on test images. To have it as a method of `winnow train`, see the table in CONTRIBUTING.md.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('../../apps/winnow/bin/register-typescript.js');
const { kdLoss } = require('@winnow/losses');
const { defaultCacheDir, startEngine, tf } = require('@winnow/tensor');
const { tinyWorld } = require('@winnow/testing');
const learning = require('@winnow/training');

const confirmed = {
  name: 'confirmed',
  summary: 'distillation on images whose label the teacher confirms',
  revision: 1,
  needsTeacher: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  async prepare({ data: { images }, teacher, student, batch, augment, random }) {
    const best = learning.predictedClasses(await learning.predict(teacher, images, { features: false }));
    const rows = [...best.keys()].filter((row) => best[row] === images.labels[row]);
    const stream = new learning.BatchStream(rows, batch, random.fork('pool'));
    return {
      stepsPerEpoch: stream.perPass,
      modules: new Map(),
      frozen: new Map(),
      notes: stream.notes(),
      draw: (step) => [learning.imageDraw('pool', { stream, step }, [{ name: 'view', augment }])],
      step(_place, [{ views }]) {
        const seen = learning.inputTensor(views[0], student.input);
        const theirs = teacher.outputs(seen).logits;
        const loss = () => {
          const kd = kdLoss(student.model.forward(seen, { training: true }).logits, theirs, 4);
          return { total: tf.mul(kd, 1), parts: { kd } };
        };
        return { imagesSeen: views[0].count, losses: [loss] };
      },
      dispose: () => undefined,
    };
  },
};

await startEngine('wasm', { cacheDir: defaultCacheDir(process.env), log: () => undefined });
const input = { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const shapes = { classes: 3, perClass: 60, size: input.size };
const pool = tinyWorld({ ...shapes, seed: 1 });
const right = tinyWorld({ ...shapes, seed: 2, closedFraction: 0, openFraction: 0 });

/** Trains a ResNet-8. @returns it, and its accuracy on the test images */
async function learn(method, images, teacher, seed) {
  const model = learning.createStudent(method, { model: 'resnet8', teacher, classCount: shapes.classes, seed });
  const options = { epochs: 12, batch: 20, seed };
  await learning.train({ method, data: { images, split: null }, teacher, student: { model, input }, options });
  const network = learning.freezeModel(model, input);
  const predicted = await learning.predict(network, pool.test, { features: false });
  return { network, accuracy: learning.accuracy(predicted, pool.test.labels) };
}

const teacher = await learn(learning.METHODS.ce, right.train, null, 1);
const student = await learn(confirmed, pool.train, teacher.network, 2);
console.log(`teacher ${(100 * teacher.accuracy).toFixed(1)} %, student ${(100 * student.accuracy).toFixed(1)} %`);
