import { WinnowError } from '@winnow/contracts';
import { requireFeatureMap } from '@winnow/models';
import { conv2d, tf } from '@winnow/tensor';
import { inputTensor } from '../input-tensor';
import type { MethodContext } from '../method';
import type { FrozenNetwork, FrozenTeacher } from '../teacher/frozen-network';

/**
 * Two feature maps at the size of the smaller one: the larger is averaged over squares.
 * @param ours [batch, height, width, channels]
 * @throws WinnowError TEACHER_MISMATCH where no whole squares fit
 */
export function alignMaps(ours: tf.Tensor4D, theirs: tf.Tensor4D): readonly [tf.Tensor4D, tf.Tensor4D] {
  const [height, width] = commonSides([ours.shape[1], ours.shape[2]], [theirs.shape[1], theirs.shape[2]]);
  return [averageTo(ours, height, width), averageTo(theirs, height, width)];
}

type Sides = readonly [height: number, width: number, ...rest: number[]];

/** Those of the smaller of two maps. @throws WinnowError TEACHER_MISMATCH where they do not divide the larger ones */
export function commonSides(ours: Sides, theirs: Sides): readonly [height: number, width: number] {
  const [height, width] = [Math.min(ours[0], theirs[0]), Math.min(ours[1], theirs[1])];
  if ([ours, theirs].every((map) => map[0] % height === 0 && map[1] % width === 0)) return [height, width];
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `the last feature maps are ${ours[0]}x${ours[1]} (student) and ${theirs[0]}x${theirs[1]} (teacher): neither divides the other`,
    { where: 'student.model', next: 'Choose another student, or method kd.' },
  );
}

function averageTo(map: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [batch, rows, columns, channels] = map.shape;
  if (rows === height && columns === width) return map;
  const [down, across] = [rows / height, columns / width];
  const merged = tf.mean(map.reshape([batch * height, down, columns, channels]), 1);
  return tf
    .mean(merged.reshape([batch * height, width, across, channels]), 2)
    .reshape([batch, height, width, channels]) as tf.Tensor4D;
}

/** Takes the student's last feature map to the shape of the teacher's. */
export interface MapProjector {
  /** Empty where the shapes are equal. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly notes: readonly string[];
  project(featureMap: tf.Tensor4D): tf.Tensor4D;
}

/** Shapes of the last feature maps without the batch: side, side, channels. */
export interface MapShapes {
  readonly ours: readonly [number, number, number];
  readonly theirs: readonly [number, number, number];
}

/**
 * A 1x1 convolution where the channels differ.
 * @throws WinnowError TEACHER_MISMATCH for maps of another size, or for a teacher without
 */
export function mapProjector(context: MethodContext, teacher: FrozenTeacher): MapProjector {
  const { ours, theirs } = mapShapes(context, teacher);
  if (ours[0] !== theirs[0] || ours[1] !== theirs[1]) {
    throw new WinnowError(
      'TEACHER_MISMATCH',
      `the last feature maps are ${ours[0]}x${ours[1]} (student) and ${theirs[0]}x${theirs[1]} (teacher)`,
      { where: 'student.model', next: "Choose a student whose last map has the size of the teacher's, or method kd." },
    );
  }
  if (ours[2] === theirs[2]) return { variables: new Map(), notes: [], project: (featureMap) => featureMap };
  const deviation = Math.sqrt(2 / theirs[2]);
  const stream = context.random.fork('modules', 'projector');
  const values = Float32Array.from({ length: ours[2] * theirs[2] }, () => stream.normal() * deviation);
  const filter = tf.tidy(() => tf.variable(tf.tensor4d(values, [1, 1, ours[2], theirs[2]]))) as tf.Variable<tf.Rank.R4>;
  return {
    variables: new Map([['projector.weight', filter]]),
    notes: [`Extension: a 1x1 convolution takes the student's ${ours[2]} channels to the teacher's ${theirs[2]}.`],
    project: (featureMap) => conv2d(featureMap, filter, { stride: 1, padding: 0 }),
  };
}

/** Found by showing both a blank image. @throws WinnowError TEACHER_MISMATCH for a teacher without a feature map */
export function mapShapes({ student, data }: MethodContext, teacher: FrozenTeacher): MapShapes {
  const blank = { count: 1, size: data.images.size, pixels: new Uint8Array(data.images.size ** 2 * 3) };
  const [ours, theirs] = tf.tidy(() => {
    const { featureMap } = student.model.forward(inputTensor(blank, student.input), { training: false });
    const theirMap = requireFeatureMap(teacher.outputs(inputTensor(blank, teacher.input)));
    return [featureMap.shape, theirMap.shape] as const;
  });
  return { ours: [ours[1], ours[2], ours[3]], theirs: [theirs[1], theirs[2], theirs[3]] };
}

/**
 * A network with the means of its last feature map as features, as our own architectures have them: some imported ones
 * have others (after a norm, or pooled otherwise), and what learns the map alone cannot give these. It shares the network.
 */
export function meanMapFeatures(network: FrozenNetwork): FrozenNetwork {
  return {
    ...network,
    outputs: (images) =>
      tf.tidy(() => {
        const outputs = network.outputs(images);
        const featureMap = requireFeatureMap(outputs);
        return { logits: outputs.logits, featureMap, features: tf.mean(featureMap, [1, 2]) as tf.Tensor2D };
      }),
  };
}
