import { readdirSync } from 'node:fs';
import path from 'node:path';
import { firstLine, flipBit, requireDone, writeImages, writeProject } from './damage.mjs';

/** One bit of the last weights: nothing but a digest can tell. */
const flipLast = (file) => flipBit(file, (bytes) => bytes - 2);

/** A flipped bit in the weights of a teacher and of a student. */
export default {
  finding: 'A14',
  what: 'weights with a flipped bit',
  async run({ folder, winnow }) {
    const [image] = writeImages(path.join(folder, 'images'));
    const teacher = path.join(folder, 'teacher.safetensors');
    const short = ['--epochs', '1', '--batch', '2'];
    const trained = ['teacher', 'train', 'images', '--out', teacher, '--model', 'resnet8', '--size', '16', ...short];
    requireDone(await winnow(trained), 'teacher train');
    const settings = 'build: { size: 16 }\nteacher: { weights: teacher.safetensors }\nstudent: { model: resnet8 }';
    const project = writeProject(folder, settings);
    requireDone(await winnow(['import', project, 'images']), 'import');
    requireDone(await winnow(['build', project]), 'build');
    requireDone(await winnow(['train', project, '--method', 'ce', ...short]), 'train');
    const runs = path.join(folder, '.winnow/runs');
    const run = path.join(
      runs,
      readdirSync(runs).find((name) => name.includes('-ce-')),
    );
    flipLast(path.join(run, 'student.safetensors'));
    flipLast(teacher);
    const rows = [];
    for (const args of [
      ['predict', run, image],
      ['export', run, '--format', 'safetensors', '--out', 'exported'],
      ['predict', teacher, image],
    ]) {
      const measured = await winnow(args);
      rows.push({
        ...measured,
        of: `${this.what}: ${args[0]} of the ${args[1] === teacher ? 'teacher' : 'student'}`,
        outcome: firstLine(measured),
      });
    }
    return rows;
  },
};
