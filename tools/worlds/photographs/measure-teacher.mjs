import { workspace } from '../workspace.mjs';

const { decodeImage } = workspace('@winnow/imaging');
const { defaultCacheDir, startEngine } = workspace('@winnow/tensor');
const { accuracy, mapTeacher, predict } = workspace('@winnow/training');
const { loadNetwork } = workspace('apps/trainer/src/teacher/load-teacher.ts');

const LIMITS = { maxPixels: 1_000_000, minSide: 1, maxAspectRatio: 1000 };
const BATCH = 20;

/**
 * How often the teacher's best among the classes is right.
 * @param {string} folder of the teacher
 * @param {readonly string[]} classes
 * @param {readonly { className: string, bytes: Buffer }[]} images squares of one size
 * @returns {Promise<number>} 0..1
 */
export async function measureTeacher(folder, classes, images) {
  await startEngine('auto', { cacheDir: defaultCacheDir(process.env), install: false, log: () => undefined });
  const network = await loadNetwork(folder);
  try {
    const { size } = network.input;
    const pixels = new Uint8Array(images.length * size * size * 3);
    for (const [row, { bytes }] of images.entries()) {
      const { image } = await decodeImage(bytes, LIMITS);
      pixels.set(image.data, row * size * size * 3);
    }
    const labels = Int32Array.from(images, ({ className }) => classes.indexOf(className));
    const keys = images.map((_, row) => String(row));
    const teacher = mapTeacher(network.frozen, network.classes, classes, network.rename);
    const answers = await predict(
      teacher,
      { count: images.length, size, pixels, keys, labels, classes },
      { batch: BATCH },
    );
    return accuracy(answers, labels);
  } finally {
    network.dispose();
  }
}
