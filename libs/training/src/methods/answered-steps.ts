import { WinnowError } from '@winnow/contracts';
import { kdLoss } from '@winnow/losses';
import type { tf } from '@winnow/tensor';
import { isMoveOnly } from '../augment/augment-options';
import type { AugmentOptions } from '../augment/augment-options';
import { weightedLoss } from '../batch-tensors';
import { inputTensor, teacherInput } from '../input-tensor';
import { BatchStream } from '../loader/batch-stream';
import { oneView } from '../loader/image-draw';
import { imagesOfBatch } from '../method';
import type { MethodContext, PreparedMethod } from '../method';
import { between, oneOf, POSITIVE, wholeBetween } from '../method-settings';
import { START_RULE } from '../student/start-from-teacher';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { everyRow } from '../training-data';
import { withDecidedLogits } from './decided-logits';
import { KD_TEMPERATURE } from './kd';

/** docs/method.md says what each is worth, and how it was chosen. */
export const OUTPUT_DEFAULTS = {
  /** `mean`: asked once, of every image and its mirror image; `view`: of each view as it comes. */
  answers: 'mean',
  /** Of an image in a batch. */
  views: 2,
  /** `teacher`: the student begins as a part of the teacher, where it is one; `random`: with fresh weights. */
  start: 'teacher',
  /** How far a view is moved at most, as a share of its side. */
  shift: 1 / 32,
  temperature: KD_TEMPERATURE,
};
export const OUTPUT_RULES = {
  answers: oneOf('mean', 'view'),
  start: START_RULE,
  views: wholeBetween(1, 16),
  shift: between(0, 0.5),
  temperature: POSITIVE,
};
export type OutputSettings = { readonly [K in 'views' | 'shift' | 'temperature']: number };

export const DRAWN_TOO_FREELY =
  'The views are drawn too freely for one answer to each image: the teacher is asked in every step.';

/** What the views of a batch are to be told. */
export interface KnownLogits {
  /** Logits of some images, [rows, classCount]. Runs inside a tidy. */
  of(rows: Int32Array): tf.Tensor2D;
}

/**
 * Steps that draw several views of each image, moved little, and match one set of logits for all of them: KL at the
 * temperature. The teacher takes no part, unless no logits are known.
 * @param known null: `teacher` is asked about each view
 * @throws WinnowError MISSING_INPUT for an empty pool
 */
export function answeredSteps(
  context: MethodContext,
  {
    settings,
    known,
    teacher,
    decided,
  }: {
    readonly settings: OutputSettings;
    readonly known: KnownLogits | null;
    readonly teacher: FrozenTeacher;
    /** What a person decided, for views that the teacher is asked about, [count] */
    readonly decided?: Int32Array | undefined;
  },
): Omit<PreparedMethod, 'dispose'> {
  const { data, student, random } = context;
  const { augment } = viewsOfOutputs(context, settings.shift);
  const repeats = Math.min(settings.views, context.batch);
  const images = new BatchStream(everyRow(data.images), imagesOfBatch(context, repeats), random.fork('pool'));
  const stream = repeatedRows(images, repeats);
  const pool = oneView(stream, augment);
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: images.notes(),
    draw: pool.draw,
    step(_index, drawn) {
      const { rows, view } = pool.read(drawn);
      const input = inputTensor(view, student.input);
      const ask = () => teacher.outputs(teacherInput(view, { images: input, student, teacher }));
      const targets = known ? known.of(rows) : withDecidedLogits(ask(), { rows, view, known: decided }).logits;
      return {
        imagesSeen: view.count,
        losses: [
          () => {
            const { logits } = student.model.forward(input, { training: true });
            return weightedLoss([{ name: 'kd', weight: 1, value: kdLoss(logits, targets, settings.temperature) }]);
          },
        ],
      };
    },
  };
}

/** A batch holds whole images only, each as often as the others, in equal parts: it may be smaller than asked for. */
export function checkAnsweredBatch(
  asked: Pick<MethodContext, 'batch' | 'accumulate'>,
  { views }: Pick<OutputSettings, 'views'>,
): void {
  if (imagesOfBatch(asked, views) > 0) return;
  const { batch, accumulate = 1 } = asked;
  throw new WinnowError(
    'CONFIG_INVALID',
    `a batch of ${batch} cannot hold ${views} views of each image in ${accumulate} equal parts`,
    {
      where: 'train.batch, train.accumulate',
      next: `Make train.batch a multiple of ${Math.min(views, batch) * accumulate}, or choose another train.accumulate.`,
    },
  );
}

/** The run's views, moved less than the usual ones where it does not say how far; mild ones hardly change an answer. */
export function viewsOfOutputs(
  { augment, student }: Pick<MethodContext, 'augment' | 'student'>,
  shift: number,
): { readonly augment: AugmentOptions; readonly isMild: boolean } {
  const { basis, padding } = augment;
  const isMild = isMoveOnly(augment);
  if (basis !== 'crop-flip' || padding !== undefined) return { augment, isMild };
  // A pixel at least: views that do not move at all teach less.
  const moved = shift === 0 ? 0 : Math.max(1, Math.round(student.input.size * shift));
  return { augment: { ...augment, padding: moved }, isMild };
}

/** Every image of a batch several times; imageDraw gives each another view. */
function repeatedRows(stream: BatchStream, repeats: number): Pick<BatchStream, 'at' | 'perPass'> {
  const copies = Array.from({ length: repeats });
  return {
    perPass: stream.perPass,
    at: (step) => {
      const rows = [...stream.at(step)];
      return Int32Array.from(copies.flatMap(() => rows));
    },
  };
}
