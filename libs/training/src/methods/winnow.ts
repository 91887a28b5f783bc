import { WinnowError } from '@winnow/contracts';
import { kdLoss } from '@winnow/losses';
import { askTeacher } from '../ask-teacher';
import type { AugmentOptions } from '../augment/augment-options';
import { isMoveOnly } from '../augment/is-move-only';
import { BatchStream } from '../batch-stream';
import { everyRow } from '../every-row';
import { inputTensor } from '../input-tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { oneView } from '../one-view';
import { readSettings } from '../read-settings';
import { requiredTeacher } from '../required-teacher';
import { rowTensor } from '../row-tensor';
import { START_RULE, startStudent } from '../start-from-teacher';
import { between, oneOf, POSITIVE, wholeBetween } from '../setting-rules';
import { teacherInput } from '../teacher-input';
import { weightedLoss } from '../weighted-loss';
import { KD_TEMPERATURE } from './kd';

/** docs/method.md says what each is worth, and how it was chosen. */
const DEFAULTS = {
  /** `mean`: asked once, of every picture and its mirror image; `view`: of each view as it comes. */
  answers: 'mean',
  /** Of a picture in a batch. */
  views: 2,
  /** `teacher`: the student begins as a part of the teacher, where it is one; `random`: with fresh weights. */
  start: 'teacher',
  /** How far a view is moved at most, as a share of its side. */
  shift: 1 / 32,
  temperature: KD_TEMPERATURE,
};
const RULES = {
  answers: oneOf('mean', 'view'),
  start: START_RULE,
  views: wholeBetween(1, 16),
  shift: between(0, 0.5),
  temperature: POSITIVE,
};

/**
 * Distillation from answers that are asked once: what the teacher says of a picture and its mirror image is right more
 * often than what it says of a view, and the time that it does not take in every step goes into a second view. Views are
 * moved less than usual, as an answer must hold for all of them; and the student begins as a part of the teacher, where
 * it is one.
 */
export const winnow: Method = {
  name: 'winnow',
  summary: "the teacher's mean answer to every picture and its mirror image, for two views of it; labels are not read",
  revision: 3,
  needsTeacher: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  settings: { defaults: DEFAULTS, rules: RULES },
  recipe: { nesterov: true, warmUp: 0.05 },
  viewsOf: (settings) => readSettings({ settings }, DEFAULTS, RULES).views,
  checkBatch,
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const settings = readSettings(context, DEFAULTS, RULES);
  const { data, student, batch, random } = context;
  const { images } = data;
  const { augment, isMild } = viewsOf(context, settings.shift);
  const repeats = Math.min(settings.views, batch);
  const pictures = new BatchStream(everyRow(images), Math.floor(batch / repeats), random.fork('pool'));
  const stream = repeatedRows(pictures, repeats);
  const pool = oneView(stream, augment);
  const known = settings.answers === 'mean' && isMild ? await askTeacher(context, { mirrored: true }) : null;
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: [
      ...(isMild
        ? []
        : ['The views are drawn too freely for one answer to each picture: the teacher is asked in every step.']),
      ...startStudent(context, settings.start),
      ...pictures.notes(),
    ],
    draw: pool.draw,
    step(_place, drawn) {
      const { rows, view } = pool.read(drawn);
      const input = inputTensor(view, student.input);
      const targets = known
        ? rowTensor(known.logits, { rows, width: known.classCount })
        : teacher.outputs(teacherInput(view, { pictures: input, student, teacher })).logits;
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
    dispose: () => undefined,
  };
}

/** A batch holds whole pictures only, each as often as the others: it may be smaller than asked for. */
function checkBatch(asked: Pick<MethodContext, 'batch' | 'accumulate' | 'settings'>): void {
  const { batch, accumulate = 1 } = asked;
  const repeats = Math.min(readSettings(asked, DEFAULTS, RULES).views, batch);
  const drawn = batch - (batch % repeats);
  if (drawn % accumulate === 0) return;
  throw new WinnowError(
    'CONFIG_INVALID',
    `of a batch of ${batch}, ${drawn} views are drawn, which cannot be cut into ${accumulate} equal parts`,
    {
      where: 'train.batch, train.accumulate',
      next: `Make train.batch a multiple of ${repeats * accumulate}, or choose another train.accumulate.`,
    },
  );
}

/** The run's views, moved less than the usual ones where it does not say how far; mild ones hardly change an answer. */
function viewsOf(
  { augment, student }: MethodContext,
  shift: number,
): { readonly augment: AugmentOptions; readonly isMild: boolean } {
  const { basis, padding } = augment;
  const isMild = isMoveOnly(augment);
  if (basis !== 'crop-flip' || padding !== undefined) return { augment, isMild };
  // A pixel at least: views that do not move at all teach less.
  const moved = shift === 0 ? 0 : Math.max(1, Math.round(student.input.size * shift));
  return { augment: { ...augment, padding: moved }, isMild };
}

/** Every picture of a batch several times; pictureDraw gives each another view. */
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
