import type {
  ConfusedPair,
  ConfusionRecord,
  ImageSet,
  ImageSource,
  InputSpec,
  ProjectorRecord,
  RunSummary,
} from '@winnow/contracts';
import { createModel } from '@winnow/models';
import type { Model, ModelName } from '@winnow/models';
import {
  accuracy,
  agreement,
  calibrationError,
  freezeModel,
  perClassAccuracy,
  predict,
  predictedClasses,
  selectImages,
} from '@winnow/training';
import type { ClassScores, FrozenNetwork } from '@winnow/training';

/** What is known of a student when it is finished; shares in 0..1. */
export type StudentMeasures = Pick<
  RunSummary,
  'accuracy' | 'agreement' | 'teacherAccuracy' | 'perClassAccuracy' | 'calibrationError' | 'confusion'
>;

/** A student's answers on the test set, beside its teacher's where it has one. */
export function measureOnTest(
  scores: ClassScores,
  teacherScores: ClassScores | null,
  { labels, classes }: Pick<ImageSet, 'labels' | 'classes'>,
): StudentMeasures {
  return {
    accuracy: accuracy(scores, labels),
    agreement: teacherScores === null ? null : agreement(scores, teacherScores),
    teacherAccuracy: teacherScores === null ? null : accuracy(teacherScores, labels),
    perClassAccuracy: perClassAccuracy(scores, labels, classes),
    calibrationError: calibrationError(scores, labels),
    confusion: confusionRecord(predictedClasses(scores), labels, classes),
  };
}

/** Agreement of student and teacher on images whose labels are not known; null where there are none. */
export async function measureAgreement(
  student: FrozenNetwork,
  teacherScores: ClassScores | null,
  held: ImageSource,
  signal: AbortSignal,
): Promise<StudentMeasures> {
  const options = { features: false, signal };
  const shared = teacherScores === null ? null : agreement(await predict(student, held, options), teacherScores);
  return { accuracy: null, agreement: shared, teacherAccuracy: null, perClassAccuracy: null };
}

/** Enough to time a pass on. */
const MAX_IMAGES = 256;

/**
 * What a method added to the network that was asked for; null where that is nothing. Its time is that of a pass over
 * some images less the same without it, after one that is not counted.
 */
export async function measureProjector(
  model: Model,
  asked: ModelName,
  { input, images, signal }: { readonly input: InputSpec; readonly images: ImageSource; readonly signal: AbortSignal },
): Promise<ProjectorRecord | null> {
  if (model.name === asked) return null;
  const plain = createModel(asked, { classCount: model.classCount, seed: 'timing' });
  try {
    const parameters = model.parameterCount - plain.parameterCount;
    const some = selectImages(
      images,
      Array.from({ length: Math.min(MAX_IMAGES, images.count) }, (_, row) => row),
    );
    if (some.count === 0) return { parameters, secondsPerPicture: null };
    const secondsOf = (network: Model) => secondsOfPass(freezeModel(network, input), some, signal);
    const more = (await secondsOf(model)) - (await secondsOf(plain));
    return { parameters, secondsPerPicture: Math.max(0, more) / some.count };
  } finally {
    plain.dispose();
  }
}

async function secondsOfPass(network: FrozenNetwork, images: ImageSource, signal: AbortSignal): Promise<number> {
  await predict(network, images, { signal });
  const startedAt = performance.now();
  await predict(network, images, { signal });
  return (performance.now() - startedAt) / 1000;
}

/** More classes than this make no table that anybody reads. */
const LARGEST_TABLE = 20;
const MAX_PAIRS = 20;

/**
 * What was taken for what.
 * @param predicted class indices, [count]
 * @param labels true class indices, [count]
 */
export function confusionRecord(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly string[],
): ConfusionRecord {
  const isTable = classes.length <= LARGEST_TABLE;
  return {
    classes: isTable ? classes : [],
    counts: isTable ? confusionMatrix(predicted, labels, classes.length) : null,
    pairs: confusedPairs(predicted, labels, classes),
  };
}

/** Rows: true class, columns: predicted class; counts. */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): number[][] {
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let index = 0; index < predicted.length; index += 1) {
    const row = counts[labels[index] as number] as number[];
    const found = predicted[index] as number;
    row[found] = (row[found] ?? 0) + 1;
  }
  return counts;
}

/** The most frequent mistakes; among equals in the order of the classes. */
function confusedPairs(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly string[],
): ConfusedPair[] {
  const members = new Uint32Array(classes.length);
  // By pair, not in a table: that of 20,000 classes would take gigabytes.
  const counts = new Map<number, number>();
  for (let index = 0; index < predicted.length; index += 1) {
    const [label, found] = [labels[index] as number, predicted[index] as number];
    members[label] = (members[label] as number) + 1;
    const pair = label * classes.length + found;
    if (found !== label) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, MAX_PAIRS)
    .map(([pair, count]) => {
      const [label, found] = [Math.floor(pair / classes.length), pair % classes.length];
      return { trueClass: classes[label] ?? '', predictedClass: classes[found] ?? '', count, of: members[label] ?? 0 };
    });
}
