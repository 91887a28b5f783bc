import type { ForwardResult, ModelResult } from '@winnow/models';
import type { tf } from '@winnow/tensor';
import { disposeAll, weightedLoss } from '../batch-tensors';
import type { LossTerm } from '../batch-tensors';
import { inputTensor, teacherInput } from '../input-tensor';
import { BatchStream } from '../loader/batch-stream';
import { oneView } from '../loader/image-draw';
import type { MethodContext, PreparedMethod } from '../method';
import { requiredTeacher } from '../teacher/required-teacher';
import { everyRow } from '../training-data';
import { describeDecidedLogits, withDecidedLogits } from './decided-logits';

/** What student and teacher say to the same view of the same images. */
interface DistilOutputs {
  readonly ours: ModelResult;
  readonly theirs: ForwardResult;
}

export interface DistilSteps {
  /** Which images are drawn; default: the whole pool. */
  readonly rows?: ArrayLike<number>;
  /** Whether the terms read the teacher's logits, which decisions change; default true. */
  readonly readsLogits?: boolean;
  /** Terms of the loss; called where gradients flow. */
  terms(outputs: DistilOutputs): readonly LossTerm[];
  readonly modules?: ReadonlyMap<string, tf.Variable>;
  readonly frozen?: ReadonlyMap<string, tf.Variable>;
  readonly notes?: readonly string[];
}

/**
 * Steps of a method that draws one view of a batch and compares the two networks' answers to it. Mixed images are
 * answered as they are: no label is read but those that a person decided (withDecidedLogits).
 * @throws WinnowError MISSING_INPUT without a teacher or images; TEACHER_MISMATCH for one of other classes
 */
export function distilSteps(context: MethodContext, steps: DistilSteps): PreparedMethod {
  const teacher = requiredTeacher(context);
  const { data, student, batch, augment, random } = context;
  const { modules = new Map(), frozen = new Map(), notes = [], readsLogits = true } = steps;
  const known = readsLogits ? data.known : undefined;
  const stream = new BatchStream(steps.rows ?? everyRow(data.images), batch, random.fork('pool'));
  const pool = oneView(stream, augment);
  return {
    stepsPerEpoch: stream.perPass,
    modules,
    frozen,
    notes: [...notes, ...describeDecidedLogits({ images: data.images, known }), ...stream.notes()],
    draw: pool.draw,
    step(_index, drawn) {
      const { rows, view } = pool.read(drawn);
      const images = inputTensor(view, student.input);
      const outputs = teacher.outputs(teacherInput(view, { images, student, teacher }));
      const theirs = withDecidedLogits(outputs, { rows, view, known });
      return {
        imagesSeen: view.count,
        losses: [
          () => {
            const ours = student.model.forward(images, { training: true });
            return weightedLoss(steps.terms({ ours, theirs }));
          },
        ],
      };
    },
    dispose: () => disposeAll(modules, frozen),
  };
}
