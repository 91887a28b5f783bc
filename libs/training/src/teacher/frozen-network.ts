import { type InputSpec, WinnowError } from '@winnow/contracts';
import { nearNames } from '@winnow/files';
import type { ExternalNetwork, ForwardResult, Model } from '@winnow/models';
import { tf } from '@winnow/tensor';
import { type ClassNames, classSynonyms } from './class-synonyms';

/** A network that only answers: evaluation mode, no gradients, nothing changes. */
export interface FrozenNetwork {
  readonly input: InputSpec;
  readonly classCount: number;
  readonly featureDim: number;
  /** Of one of our architectures. */
  readonly weights?: NetworkWeights;
  /**
   * @param images normalised by `input`, [batch, size, size, 3]
   * @returns tensors that the caller disposes or tidies
   */
  outputs(images: tf.Tensor4D): ForwardResult;
  /** Frees what freezing made (folded weights, a thread); a model keeps its own weights. */
  dispose(): void;
}

/** What a network is made of. */
interface NetworkWeights {
  /** Its architecture, as createModel knows it. */
  readonly model: string;
  /** By PyTorch name, as Model.parameters. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly classifierName: string;
  /** Its output of each of our classes; null: all of them, in order. */
  readonly columns: readonly number[] | null;
}

/** The frozen network whose answers a student learns; its logits are in the order of our classes. */
export interface FrozenTeacher extends FrozenNetwork {
  /** Which of its outputs ours are; undefined where all are, in order. */
  readonly chosen?: ChosenOutputs;
  outputs(images: tf.Tensor4D): TeacherResult;
}

/** What a teacher says of a batch. */
interface TeacherResult extends ForwardResult {
  /**
   * Log-odds that an image is of one of the teacher's classes that are not ours, by softmax over all that it knows, [batch];
   * undefined where all of its classes are ours.
   */
  readonly outside?: tf.Tensor1D;
}

/** Our classes among the outputs of a network that knows more, or in another order. */
interface ChosenOutputs {
  readonly outputCount: number;
  /** Of each of our classes, [classes] */
  readonly columns: readonly number[];
}

/** The model as it stands; later changes of its weights show, so a student that goes on training can be measured. */
export function freezeModel(model: Model, input: InputSpec): FrozenNetwork {
  return {
    input,
    classCount: model.classCount,
    featureDim: model.featureDim,
    outputs: (images) => model.forward(images, { training: false }),
    dispose: () => undefined,
  };
}

/**
 * A model whose weights no longer change, made for speed: batch norm is folded into the convolutions at the call, one
 * kernel a layer. Dispose of it, and of the model after it. For a student that goes on training, use freezeModel.
 */
export function foldModel(model: Model, input: InputSpec): FrozenNetwork {
  const frozen = model.freeze();
  // A frozen model folds at its first use: this is it.
  tf.tidy(() => void frozen.forward(tf.zeros([1, input.size, input.size, 3])));
  return {
    input,
    classCount: model.classCount,
    featureDim: model.featureDim,
    weights: { model: model.name, parameters: model.parameters, classifierName: model.classifierName, columns: null },
    outputs: (images) => frozen.forward(images),
    dispose: () => frozen.dispose(),
  };
}

/** A network that is not of our architectures; without features its `featureDim` is 0. */
export function externalFrozen(network: ExternalNetwork, input: InputSpec): FrozenNetwork {
  return {
    input,
    classCount: network.classCount,
    featureDim: network.featureDim,
    outputs: (images) => network.forward(images),
    dispose: () => network.dispose(),
  };
}

/**
 * A teacher that gives logarithms of probabilities, with logits of mean 0 in every row in their place, as a trained
 * classifier's about have: logarithms are never above 0, which evidence and largest logits would read as no class at all.
 * Their softmax stays. It shares the network.
 */
export function centreLogits(network: FrozenNetwork): FrozenNetwork {
  return {
    ...network,
    outputs: (images) =>
      tf.tidy(() => {
        const answers = network.outputs(images);
        const logits = tf.sub(answers.logits, tf.mean(answers.logits, 1, true)) as tf.Tensor2D;
        return { ...answers, logits } as ForwardResult & tf.TensorContainerObject;
      }),
  };
}

/**
 * The teacher with its logits in the order of our classes, which may be fewer than it knows: a background output, say,
 * that none of ours uses is left out. It shares the teacher: dispose of one of them.
 * @param teacherClasses in the order of the teacher's logits
 * @throws WinnowError TEACHER_MISMATCH naming the classes that the teacher does not know, with names near to them; for
 *   a name that several outputs have; for two classes of one output; and for a class list of another length than its
 *   logits
 */
export function mapTeacher(
  teacher: FrozenNetwork,
  teacherClasses: readonly string[],
  ourClasses: readonly string[],
  rename: ClassNames = {},
): FrozenTeacher {
  if (teacherClasses.length !== teacher.classCount) {
    throw new WinnowError(
      'TEACHER_MISMATCH',
      `the teacher has ${teacher.classCount} outputs, its class list ${teacherClasses.length} names`,
      { where: 'teacher.classes', next: 'Name every output of the teacher, in order.' },
    );
  }
  const columns = classColumns(teacherClasses, ourClasses, rename);
  const isIdentity = columns.length === teacherClasses.length && columns.every((column, index) => column === index);
  return isIdentity ? teacher : { ...teacher, ...withColumns(teacher, columns) };
}

/**
 * The teacher's output of each of our classes: by name, by `rename`, else by the one synonym that it has.
 * @throws WinnowError TEACHER_MISMATCH as mapTeacher
 */
export function classColumns(
  teacherClasses: readonly string[],
  ourClasses: readonly string[],
  rename: ClassNames = {},
): readonly number[] {
  const renamed = { ...classSynonyms(teacherClasses, ourClasses, rename), ...rename };
  const theirs = ourClasses.map((name) => (Object.hasOwn(renamed, name) ? (renamed[name] as string) : name));
  const indices = locationsOf(teacherClasses);
  const columns = theirs.map((name) => columnOf(name, indices, teacherClasses.length));
  const unknown = ourClasses.filter((_, index) => columns[index] === null);
  if (unknown.length > 0) throw unknownClasses(unknown, { teacherClasses, rename });
  const taken = new Map<number, string>();
  ourClasses.forEach((name, index) => {
    const column = columns[index] as number;
    const other = taken.get(column);
    taken.set(column, name);
    if (other === undefined) return;
    throw new WinnowError('TEACHER_MISMATCH', `${other} and ${name} are the same output of the teacher`, {
      where: 'teacher.rename',
      next: 'Give each class an output of its own.',
    });
  });
  return columns as number[];
}

/** @returns null for a name that it does not have. @throws WinnowError TEACHER_MISMATCH for one that it has twice */
function columnOf(name: string, indices: ReadonlyMap<string, readonly number[]>, count: number): number | null {
  const [place, second] = indices.get(name) ?? [];
  if (second !== undefined) {
    throw new WinnowError('TEACHER_MISMATCH', `the teacher calls more than one of its outputs ${name}`, {
      where: 'teacher.classes',
      next: `Say which one is meant: rename "OURS=#${place}" or "OURS=#${second}".`,
    });
  }
  if (place !== undefined) return place;
  const index = /^#\d{1,7}$/.test(name) ? Number(name.slice(1)) : Infinity;
  return index < count ? index : null;
}

/** Where each name stands. */
function locationsOf(names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const indices = new Map<string, number[]>();
  names.forEach((name, place) => {
    const earlier = indices.get(name);
    if (earlier === undefined) indices.set(name, [place]);
    else earlier.push(place);
  });
  return indices;
}

function unknownClasses(
  unknown: readonly string[],
  { teacherClasses, rename }: { readonly teacherClasses: readonly string[]; readonly rename: ClassNames },
): WinnowError {
  const hints = unknown.slice(0, 20).flatMap((name) => {
    const near = nearNames(Object.hasOwn(rename, name) ? (rename[name] as string) : name, teacherClasses);
    return near.length > 0 ? [`${name}: ${near.map((text) => `"${text}"`).join(' or ')}`] : [];
  });
  const called = unknown.map((name) => (Object.hasOwn(rename, name) ? `${name} (as ${rename[name]})` : name));
  const next =
    hints.length > 0
      ? `Near names: ${hints.join('; ')}. Say what it calls them: teacher.rename: { OURS: THEIRS }; \`winnow teacher check PROJECT --write\` writes those with one near name.`
      : `Use classes that it knows (${teacherClasses.slice(0, 20).join(', ')}), or teacher.rename: { OURS: THEIRS }.`;
  return new WinnowError('TEACHER_MISMATCH', `the teacher does not know the classes ${called.join(', ')}`, {
    where: 'classes',
    next,
  });
}

function withColumns(
  teacher: FrozenNetwork,
  columns: readonly number[],
): Pick<FrozenTeacher, 'classCount' | 'outputs' | 'weights' | 'chosen'> {
  const ours = new Set(columns);
  const others = Array.from({ length: teacher.classCount }, (_, column) => column).filter(
    (column) => !ours.has(column),
  );
  const outputs: FrozenTeacher['outputs'] = (images) =>
    tf.tidy(() => {
      const all = teacher.outputs(images);
      const logits = tf.gather(all.logits, [...columns], 1) as tf.Tensor2D;
      const result = { ...all, logits } as ForwardResult & tf.TensorContainerObject;
      if (others.length === 0) return result;
      // Sums of either side: one minus our probabilities would lose what is next to 0.
      const outside = tf.sub(tf.logSumExp(tf.gather(all.logits, others, 1), 1), tf.logSumExp(logits, 1));
      return Object.defineProperty(result, 'outside', { value: outside, enumerable: true });
    });
  const { weights } = teacher;
  const chosen = { outputCount: teacher.classCount, columns };
  return { classCount: columns.length, chosen, outputs, ...(weights && { weights: { ...weights, columns } }) };
}
