import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tf } from '@winnow/tensor';
import type { FrozenTeacher } from '@winnow/training';
import type { ForwardResult } from '@winnow/models';

/**
 * A teacher that keeps its logits and features on disk, by the bytes of the pictures it was asked about: for sweeps, where
 * many students see the same views. Feature maps are not kept: asking for them asks the network.
 */
export function rememberedAnswers(teacher: FrozenTeacher, folder: string): FrozenTeacher {
  mkdirSync(folder, { recursive: true });
  return {
    ...teacher,
    outputs: (images) => {
      const bytes = images.dataSync();
      const key = createHash('sha1')
        .update(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
        .digest('hex');
      const file = path.join(folder, key);
      const [count] = images.shape;
      if (!existsSync(file)) {
        const answers = teacher.outputs(images);
        const values = Buffer.concat(
          [answers.logits, answers.features].map((tensor) => {
            const data = tensor.dataSync();
            return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
          }),
        );
        writeFileSync(`${file}.tmp${process.pid}`, values);
        renameSync(`${file}.tmp${process.pid}`, file);
        return answers;
      }
      const values = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
      const logits = tf.tensor2d(values.subarray(0, count * teacher.classCount), [count, teacher.classCount]);
      const features = tf.tensor2d(values.subarray(count * teacher.classCount), [count, teacher.featureDim]);
      return {
        logits,
        features,
        get featureMap() {
          return teacher.outputs(images).featureMap;
        },
      } as ForwardResult;
    },
  };
}
