import { crossEntropy, featureMse, instanceLoss, mixPrototypeLoss, rotationLoss } from '@winnow/losses';
import { requireFeatureMap } from '@winnow/models';
import { tf } from '@winnow/tensor';
import type { LossParts, Student } from '../../method';
import type { ModulModules } from './modul-modules';
import type { LabelledView, MixedView, OpenView } from './modul-observations';
import { type LossTerm, weightedLoss } from '../../batch-tensors';

/** The released weights; the prototype contrast's is that of each of its calls. */
const MODUL_WEIGHTS = { ce: 0.1, mse: 0.9, mix: 0.1, instance: 0.01, rotation: 0.01 } as const;

interface TermIndex {
  readonly student: Student;
  readonly modules: ModulModules;
}

/**
 * Of the clean or the closed set: one loss of the weak view, one of each mix. The instance term is the clean set's alone.
 */
export function labelledLosses(
  kind: 'clean' | 'closed',
  view: LabelledView,
  index: TermIndex,
): readonly (() => LossParts)[] {
  return [
    () => weightedLoss(viewTerms(kind, view, index)),
    ...view.mixes.map(
      (mix) => () => weightedLoss([{ name: `mix-${kind}`, weight: MODUL_WEIGHTS.mix, value: mixLoss(mix, index) }]),
    ),
  ];
}

function viewTerms(kind: 'clean' | 'closed', view: LabelledView, { student, modules }: TermIndex): LossTerm[] {
  const ours = student.model.forward(view.images, { training: true });
  const terms: LossTerm[] = [
    { name: `ce-${kind}`, weight: MODUL_WEIGHTS.ce, value: crossEntropy(ours.logits, view.targets) },
    {
      name: `mse-${kind}`,
      weight: MODUL_WEIGHTS.mse,
      value: featureMse(modules.project(ours.featureMap), requireFeatureMap(view.teacher)),
    },
  ];
  if (kind === 'closed') return terms;
  const value = instanceLoss(modules.embedStudent(ours.features), modules.embedTeacher(view.teacher.features));
  return [...terms, { name: 'instance', weight: MODUL_WEIGHTS.instance, value }];
}

/** CE of the teacher's and of the student's embedding of the mixed images against the prototypes. */
function mixLoss({ images, targets, teacherFeatures }: MixedView, { student, modules }: TermIndex): tf.Scalar {
  const centres = modules.prototypes as tf.Tensor2D;
  const ours = student.model.forward(images, { training: true });
  const studentLoss = mixPrototypeLoss(modules.embedStudent(ours.features), centres, targets);
  const teacherLoss = mixPrototypeLoss(modules.embedTeacher(teacherFeatures), centres, targets);
  return tf.add(studentLoss, teacherLoss) as tf.Scalar;
}

/** Which way up is each open image: a four-way head on the student's features. */
export function rotationLossOf({ images, quarterTurns }: OpenView, { student, modules }: TermIndex): LossParts {
  const { features } = student.model.forward(images, { training: true });
  const value = rotationLoss(modules.rotationLogits(features), quarterTurns);
  return weightedLoss([{ name: 'rotation', weight: MODUL_WEIGHTS.rotation, value }]);
}
