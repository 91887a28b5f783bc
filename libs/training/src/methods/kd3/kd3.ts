import { instanceLoss, weightedFeatureMse } from '@winnow/losses';
import { type ForwardResult, requireFeatureMap } from '@winnow/models';
import { tf } from '@winnow/tensor';
import { disposeAll, weightedLoss } from '../../batch-tensors';
import { inputTensor, teacherInput } from '../../input-tensor';
import { BatchStream } from '../../loader/batch-stream';
import { oneView } from '../../loader/image-draw';
import type { Method, MethodContext, PreparedMethod } from '../../method';
import { teacherOutputs, requiredTeacher } from '../../teacher/required-teacher';
import { everyRow } from '../../training-data';
import { alignMaps } from '../feature-maps';
import { linearLayer } from '../linear-layer';
import { projectedStudent, takeClassifier } from '../reused-classifier';
import { ConfidentSelector, countConfident } from './confident-selection';
import { drawDistributionMix, mixDistribution } from './mix-distribution';

const EMBEDDING_DIM = 128;
const CONTRAST_WEIGHT = 1e-3;

/**
 * The teacher's last feature map and classifier (as `simkd`) on images that teacher and student are sure of together,
 * and a contrast of images with others' light. Tang et al., "Distribution Shift Matters for Knowledge Distillation with
 * Webly Collected Images", ICCV 2023. The paper selects once an epoch from plain views; here every batch is judged as it
 * comes, by the networks as they are then, and the contrast is of the whole batch.
 */
export const kd3: Method = {
  name: 'kd3',
  summary: 'KD3 (Tang et al. 2023): SimKD on images that both networks are sure of, and a contrast of shifted images',
  revision: 2,
  needsTeacher: true,
  needsFeatureMap: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  studentModel: projectedStudent,
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const { data, student, batch, augment, random } = context;
  const notes = await takeClassifier(context);
  const stream = new BatchStream(everyRow(data.images), batch, random.fork('pool'));
  const pool = oneView(stream, augment);
  const { logits: poolLogits } = await teacherOutputs(context, { flipped: false });
  const selector = new ConfidentSelector(countConfident(poolLogits, teacher.classCount), {
    epochs: context.epochs,
    stepsPerEpoch: stream.perPass,
  });
  const layer = (name: string, inputs: number) =>
    linearLayer(name, { inputs, outputs: EMBEDDING_DIM }, random.fork('modules'));
  const embedStudent = layer('embed-student', student.model.featureDim);
  const embedTeacher = layer('embed-teacher', teacher.featureDim);
  const modules = new Map([...embedStudent.variables, ...embedTeacher.variables]);
  const frozen = new Map([['confident-counts', selector.counts]]);
  return {
    stepsPerEpoch: stream.perPass,
    modules,
    frozen,
    notes: [...notes, ...stream.notes()],
    draw: pool.draw,
    step(index, drawn) {
      const { view } = pool.read(drawn);
      const mix = drawDistributionMix(view.count, random.fork('step', index.step, index.part));
      const images = inputTensor(view, student.input);
      const forTeacher = teacherInput(view, { images, student, teacher });
      const theirs = teacher.outputs(forTeacher);
      const { features: theirsMixed } = teacher.outputs(mixDistribution(forTeacher, mix));
      const mixed = mixDistribution(images, mix);
      return {
        imagesSeen: view.count,
        losses: [
          () => {
            const ours = student.model.forward(images, { training: true });
            const oursMixed = student.model.forward(mixed, { training: true });
            const kept = selector.select({ teacher: theirs.logits, student: ours.logits }, index);
            const weights = distances(ours, theirs).map(
              (distance, row) => (kept[row] as number) / (1 + Math.exp(-distance)),
            );
            return weightedLoss([
              {
                name: 'mse',
                weight: 1,
                value: weightedFeatureMse(...alignMaps(ours.featureMap, requireFeatureMap(theirs)), weights),
              },
              {
                name: 'contrast-student',
                weight: CONTRAST_WEIGHT,
                value: instanceLoss(embedStudent.apply(ours.features), embedStudent.apply(oursMixed.features)),
              },
              {
                name: 'contrast-teacher',
                weight: CONTRAST_WEIGHT,
                value: instanceLoss(embedTeacher.apply(theirs.features), embedTeacher.apply(theirsMixed)),
              },
            ]);
          },
        ],
      };
    },
    dispose: () => disposeAll(modules, frozen),
  };
}

/** Between the logits of both, image by image; constants for the gradient. */
function distances(ours: ForwardResult, theirs: ForwardResult): Float32Array {
  return tf.norm(tf.sub(ours.logits, theirs.logits), 2, 1).dataSync() as Float32Array;
}
