import { drawPrototype, outlineDistance } from './outline.mjs';

/** Of the known images of a pool, those under the label of another class. */
const CLOSED_FRACTION = 0.25;
/** Of all images of a pool. */
const OPEN_FRACTION = 0.3;
/** Outlines that no class has, for each class. */
const OPEN_KINDS_PER_CLASS = 0.4;
/** Of wrong and of open labels, those of the class that is most alike; the others are drawn. */
const LIKELY_FRACTION = 0.5;

/**
 * Outlines of classes and of open images, and what every image shows and is called.
 * @param {object} options
 * @param {number} options.classCount
 * @param {number} options.perClass known images of the pool, about; the kinds are in a random order
 * @param {number} options.teacherPerClass
 * @param {number} options.testPerClass
 * @param {import('@winnow/random').SeededRandom} options.random
 * @returns {{ classes: string[], pool: object[], teacher: object[], test: object[] }} images as { prototype, given, true, kind }
 */
export function planDrawn({ classCount, perClass, teacherPerClass, testPerClass, random }) {
  const drawnOnes = (name, count) =>
    Array.from({ length: count }, (_, index) => drawPrototype(random.fork(name, index)));
  const prototypes = drawnOnes('class', classCount);
  const openKinds = drawnOnes('open', Math.max(2, Math.round(classCount * OPEN_KINDS_PER_CLASS)));
  const classes = prototypes.map((_, index) => `outline-${String(index).padStart(3, '0')}`);
  const nearest = (prototype) => nearestOf(prototypes, prototype);
  const right = (each) =>
    prototypes.flatMap((prototype, index) =>
      Array.from({ length: each }, () => ({ prototype, given: classes[index], true: classes[index], kind: 'clean' })),
    );
  const labels = random.fork('labels');
  const another = (index) => (index + 1 + labels.int(classCount - 1)) % classCount;
  const known = right(perClass).map((row) => {
    if (labels.next() >= CLOSED_FRACTION) return row;
    const wrong = labels.next() < LIKELY_FRACTION ? nearest(row.prototype) : another(prototypes.indexOf(row.prototype));
    return { ...row, given: classes[wrong], kind: 'closed' };
  });
  const open = Array.from({ length: Math.round((known.length * OPEN_FRACTION) / (1 - OPEN_FRACTION)) }, () => {
    const prototype = openKinds[labels.int(openKinds.length)];
    const given = labels.next() < LIKELY_FRACTION ? nearest(prototype) : labels.int(classCount);
    return { prototype, given: classes[given], true: 'open', kind: 'open' };
  });
  const pool = random.fork('order').shuffle([...known, ...open]);
  return { classes, pool, teacher: right(teacherPerClass), test: right(testPerClass) };
}

/** The index of another prototype that is most like this one. */
function nearestOf(prototypes, prototype) {
  let best = -1;
  prototypes.forEach((other, index) => {
    if (other === prototype) return;
    if (best < 0 || outlineDistance(other, prototype) < outlineDistance(prototypes[best], prototype)) best = index;
  });
  return best;
}
