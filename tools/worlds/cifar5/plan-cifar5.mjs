import { workspace } from '../workspace.mjs';

const { compareText } = workspace('@winnow/contracts');

/** Classes of CIFAR-10 that the world knows; images of the five others are open. */
export const CLASSES = ['automobile', 'deer', 'horse', 'ship', 'truck'];
/** What one annotator of CIFAR-10N said of each image; web7 has another set. */
export const ANNOTATOR = 'random2';

/**
 * Parts the training images: some teach the teacher under their right labels and are in nothing else; the others are the
 * pool, under the label that the annotator gave, where that is one of the classes. So no label of an image of CIFAR-10 is
 * drawn: closed and near open noise are people's mistakes. Far open images are under any label, by chance.
 * @param {object} sources
 * @param {readonly { path: string, clean: string, given: string }[]} sources.annotated training images
 * @param {readonly string[]} sources.test paths of test images, test/CLASS/NAME
 * @param {ReadonlySet<string>} sources.duplicates test images that resemble training images
 * @param {Readonly<Record<string, readonly string[]>>} sources.far open images by source
 * @param {object} options
 * @param {number} options.teacherPerClass
 * @param {import('@winnow/random').SeededRandom} options.random
 * @returns pool in a random order, teacher's and test images as { path, label }
 */
export function planCifar5({ annotated, test, duplicates, far }, { teacherPerClass, random }) {
  const teacher = CLASSES.flatMap((label) => {
    const own = annotated.filter(({ clean }) => clean === label).map((row) => row.path);
    return random
      .fork('teacher', label)
      .shuffle(own.sort(compareText))
      .slice(0, teacherPerClass)
      .map((path) => ({ path, label }));
  });
  const taken = new Set(teacher.map(({ path }) => path));
  const near = annotated
    .filter(({ path, given }) => CLASSES.includes(given) && !taken.has(path))
    .map(({ path, clean, given }) => {
      const isKnown = CLASSES.includes(clean);
      const kind = !isKnown ? 'open' : clean === given ? 'clean' : 'closed';
      return { path, source: 'cifar10', given, true: isKnown ? clean : 'open', kind, original: path };
    });
  const others = Object.entries(far).flatMap(([source, originals]) =>
    originals.map((original) => ({
      ...{ original, source, true: 'open', kind: 'open' },
      given: CLASSES[random.fork('far label', original).int(CLASSES.length)],
    })),
  );
  const named = others.map((row, index) => ({ ...row, path: `open/${String(index).padStart(4, '0')}.jpg` }));
  const tests = test
    .filter((path) => !duplicates.has(path))
    .map((path) => ({ path, label: path.split('/')[1] }))
    .filter(({ label }) => CLASSES.includes(label));
  return { pool: random.fork('order').shuffle([...near, ...named]), teacher, test: tests };
}
