import type { ImageSet, NoiseKind } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { drawShape, SHAPES } from './draw-shape';

export interface TinyWorldOptions {
  readonly seed: number;
  /** Number of classes, 2 to 6: each a shape. */
  readonly classes: number;
  /** Training images listed under each class. */
  readonly perClass: number;
  /** Side of the images, pixels, at least 8. */
  readonly size: number;
  /** Shares of the training images; the rest is clean. */
  readonly closedFraction?: number;
  readonly openFraction?: number;
  /** Test images a class. */
  readonly testPerClass?: number;
}

/** A small noisy world with its truth. */
export interface TinyWorld {
  /** Images under given, noisy labels. */
  readonly train: ImageSet;
  /** True kind of each training image, [count]. */
  readonly kinds: readonly NoiseKind[];
  /** True class of each training image, -1 for open, [count]. */
  readonly trueLabels: Int32Array;
  /** Images under true labels, none of them in train. */
  readonly test: ImageSet;
}

interface Item {
  readonly given: number;
  readonly shape: number;
  readonly kind: NoiseKind;
}

/**
 * Draws coloured shapes on noisy backgrounds: the shape is the class, colour, place and size are not. Closed noise
 * shows the shape of another class, open noise a shape that no class has. Pure: the same options give the same bytes.
 * @throws RangeError for a number of classes or a size that cannot be drawn
 */
export function tinyWorld(options: TinyWorldOptions): TinyWorld {
  const { seed, classes, perClass, size, closedFraction = 0.2, openFraction = 0.3, testPerClass = 20 } = options;
  if (!(Number.isInteger(classes) && classes >= 2 && classes <= 6))
    throw new RangeError(`${classes} is not 2..6 classes`);
  if (!(Number.isInteger(size) && size >= 8)) throw new RangeError(`${size} is not a size of at least 8 pixels`);
  const random = new SeededRandom(seed);
  const closed = Math.round(perClass * closedFraction);
  const open = Math.round(perClass * openFraction);
  const items: Item[] = [];
  for (let given = 0; given < classes; given += 1) {
    for (let index = 0; index < perClass; index += 1) {
      const draws = random.fork('item', given, index);
      if (index < closed) items.push({ given, shape: (given + 1 + draws.int(classes - 1)) % classes, kind: 'closed' });
      else if (index < closed + open)
        items.push({ given, shape: classes + draws.int(SHAPES.length - classes), kind: 'open' });
      else items.push({ given, shape: given, kind: 'clean' });
    }
  }
  random.fork('order').shuffle(items);
  const tests = Array.from({ length: classes * testPerClass }, (_, index): Item => {
    const given = index % classes;
    return { given, shape: given, kind: 'clean' };
  });
  const names = SHAPES.slice(0, classes);
  return {
    train: drawSet(items, { names, size, prefix: 'train' }, random.fork('train')),
    kinds: items.map(({ kind }) => kind),
    trueLabels: Int32Array.from(items, ({ kind, shape }) => (kind === 'open' ? -1 : shape)),
    test: drawSet(tests, { names, size, prefix: 'test' }, random.fork('test')),
  };
}

interface SetShape {
  readonly names: readonly string[];
  readonly size: number;
  readonly prefix: string;
}

function drawSet(items: readonly Item[], { names, size, prefix }: SetShape, random: SeededRandom): ImageSet {
  const stride = size * size * 3;
  const pixels = new Uint8Array(items.length * stride);
  items.forEach(({ shape }, index) => {
    pixels.set(drawShape(SHAPES[shape] ?? 'disc', size, random.fork(index)), index * stride);
  });
  return {
    count: items.length,
    size,
    pixels,
    keys: items.map((_, index) => `${prefix}-${String(index).padStart(5, '0')}`),
    labels: Int32Array.from(items, ({ given }) => given),
    classes: names,
  };
}
