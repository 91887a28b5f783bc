import { kdLoss } from '@winnow/losses';
import type { AugmentOptions } from '../augment/augment-options';
import { correctLogits } from '../correct-logits';
import { type DrawnPictures, type DrawnView, pictureDraw } from '../draw/picture-draw';
import { inputTensor } from '../input-tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { predict } from '../predict';
import { readSettings } from '../read-settings';
import { requiredSplit, requiredTeacher } from '../required-teacher';
import { rowTensor } from '../row-tensor';
import { teacherInput } from '../teacher-input';
import type { PoolSplit } from '../training-data';
import { WeightedStream } from '../weighted-stream';
import { weightedLoss } from '../weighted-loss';
import { KD_TEMPERATURE } from './kd';

/** docs/method.md says what each is worth, and how it was chosen. */
const DEFAULTS = {
  /** `mean`: asked once, of every picture and its mirror image; `view`: of each view as it comes. */
  answers: 'mean',
  /** `teacher`: as it answers; `corrected`: where the split trusts a label more, that class is the surest. */
  labels: 'teacher',
  /** Views of a picture each time it comes. */
  views: 2,
  /** How often an open picture comes, by comparison with a known one. */
  openWeight: 0.3,
  /** How far a view is moved at most, as a share of its side. */
  shift: 1 / 32,
  temperature: KD_TEMPERATURE,
};

/**
 * Distillation from answers that are asked once: what the teacher says of a picture and its mirror image is surer than what
 * it says of a view, and the time that it does not take in every step goes into a second view. Pictures that are likely
 * open come less often.
 */
export const winnow: Method = {
  name: 'winnow',
  summary: "the teacher's surest answers, asked once, for two views of every picture; open pictures come less often",
  needsTeacher: true,
  needsSplit: true,
  split: 'winnow',
  schedule: 'cosine',
  recipe: { nesterov: true, warmUp: 0.05 },
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const split = requiredSplit(context);
  const settings = readSettings(context, DEFAULTS);
  const { data, student, batch, random } = context;
  const { images } = data;
  const { augment, isMild } = viewsOf(context, settings.shift);
  const repeats = Math.min(settings.views, batch);
  const stream = new WeightedStream(knownWeights(split, settings.openWeight), batch, random.fork('pool'), { repeats });
  const known = settings.answers === 'mean' && isMild ? await predict(teacher, images, { mirrored: true }) : null;
  if (known && settings.labels === 'corrected') correctLogits(known, { labels: images.labels, split });
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: isMild
      ? []
      : ['The views are drawn too freely for one answer to each picture: the teacher is asked in every step.'],
    // Pictures may come several times in a pass, each time in another view: so views go by the step.
    draw: (step) => [{ ...pictureDraw('pool', { stream, step }, [{ name: 'view', augment }]), pass: step }],
    step(_place, drawn) {
      const [{ rows, views }] = drawn as readonly [DrawnPictures];
      const [view] = views as readonly [DrawnView];
      const pictures = inputTensor(view, student.input);
      const targets = known
        ? rowTensor(known.logits, { rows, width: known.classCount })
        : teacher.outputs(teacherInput(view, { pictures, student, teacher })).logits;
      return {
        imagesSeen: view.count,
        loss: () => {
          const { logits } = student.model.forward(pictures, { training: true });
          return weightedLoss([{ name: 'kd', weight: 1, value: kdLoss(logits, targets, settings.temperature) }]);
        },
      };
    },
    dispose: () => undefined,
  };
}

/** The run's views, moved less than the usual ones where it does not say how far; mild ones hardly change an answer. */
function viewsOf(
  { augment, student }: MethodContext,
  shift: number,
): { readonly augment: AugmentOptions; readonly isMild: boolean } {
  const { basis, padding, randAugment, augMix, colorJitter, mixup, cutmix } = augment;
  const changes = [randAugment, augMix, colorJitter, mixup, cutmix];
  const isMild = basis !== 'resized-crop' && changes.every((change) => change === undefined);
  if (basis !== 'crop-flip' || padding !== undefined) return { augment, isMild };
  return { augment: { ...augment, padding: Math.round(student.input.size * shift) }, isMild };
}

/** Open pictures come by this share as often as known ones; others between, by the probability of being open. */
function knownWeights({ probabilities }: PoolSplit, openWeight: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / 3 }, (_, row) => {
    const open = Math.min(1, Math.max(0, probabilities[row * 3 + 2] as number));
    return 1 - (1 - openWeight) * open;
  });
}
