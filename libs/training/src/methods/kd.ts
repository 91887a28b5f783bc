import { kdLoss } from '@winnow/losses';
import { BatchStream } from '../batch-stream';
import { type DrawnPictures, type DrawnView, pictureDraw } from '../draw/picture-draw';
import { everyRow } from '../every-row';
import { teacherInput } from '../teacher-input';
import { inputTensor } from '../input-tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { refuseSettings } from '../read-settings';
import { requiredTeacher } from '../required-teacher';
import { weightedLoss } from '../weighted-loss';

export const KD_TEMPERATURE = 4;

/** The teacher's softened outputs on every picture, whatever its label; both see the same view. */
export const kd: Method = {
  name: 'kd',
  summary: "the teacher's outputs (T = 4) on every picture; labels are not read",
  revision: 1,
  needsTeacher: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  refuseSettings(context);
  const teacher = requiredTeacher(context);
  const { data, student, batch, augment, random } = context;
  const stream = new BatchStream(everyRow(data.images), batch, random.fork('pool'));
  return {
    stepsPerEpoch: stream.perPass,
    modules: new Map(),
    frozen: new Map(),
    notes: [],
    draw: (step) => [pictureDraw('pool', { stream, step }, [{ name: 'view', augment }])],
    step(_place, drawn) {
      const [{ views }] = drawn as readonly [DrawnPictures];
      const [view] = views as readonly [DrawnView];
      const pictures = inputTensor(view, student.input);
      const { logits: targets } = teacher.outputs(teacherInput(view, { pictures, student, teacher }));
      return {
        imagesSeen: view.count,
        loss: () => {
          const { logits } = student.model.forward(pictures, { training: true });
          return weightedLoss([{ name: 'kd', weight: 1, value: kdLoss(logits, targets, KD_TEMPERATURE) }]);
        },
      };
    },
    dispose: () => undefined,
  };
}
