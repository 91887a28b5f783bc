import { tf } from '@winnow/tensor';
import { disposeAll, rowTensor } from '../batch-tensors';
import type { MethodContext } from '../method';
import type { KnownLogits } from '../methods/answered-steps';
import { decidedLogits } from '../methods/decided-logits';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { askTeacher, teacherOutputs, requiredTeacher } from '../teacher/required-teacher';
import { refineTeacher } from './refine-teacher';
import type { Refinement, RefinementDepth, RefinementReport, RefineSettings } from './refinement';
import { planRefinement } from './refinement-plan';
import type { RefinementPlan } from './refinement-plan';

/** Beyond it logits are too much for every checkpoint. */
const MAX_KEPT_VALUES = 2 ** 26;
/** The label model is the same in all runs of a pool. */
const SEED = 1;

const DEPTHS: readonly RefinementDepth[] = ['head', 'full'];

/**
 * The teacher as a student's run has it: refined, or as it is where nothing is gained. What it says of the pool and what was
 * done are kept in checkpoints, so that a run that is taken up does not refine again.
 */
export class RefinedTeacher implements KnownLogits {
  /** Refined, or the one of the run; not known to a run that is taken up, which asks it nothing. */
  readonly teacher: FrozenTeacher;
  /** By checkpoint name. */
  readonly kept: ReadonlyMap<string, tf.Variable>;
  readonly #logits: Float32Array | tf.Variable;
  readonly #report: tf.Variable | RefinementReport | null;
  readonly #epochs: number;
  readonly #refined: FrozenTeacher | null;

  private constructor(context: MethodContext, made: Made) {
    this.teacher = made.refined ?? requiredTeacher(context);
    this.#refined = made.refined;
    this.#logits = made.logits;
    this.#report = made.report;
    this.#epochs = made.epochs;
    const kept = { 'refine/logits': made.logits, 'refine/report': made.report };
    this.kept = new Map(
      Object.entries(kept).filter((entry): entry is [string, tf.Variable] => entry[1] instanceof tf.Variable),
    );
  }

  /**
   * @param isAskedOnce no view is asked about
   * @throws WinnowError as planRefinement and refineTeacher
   */
  static async make(
    context: MethodContext,
    { isAskedOnce, ...settings }: RefineSettings & { readonly isAskedOnce: boolean },
  ): Promise<RefinedTeacher> {
    const teacher = requiredTeacher(context);
    const { images, known } = context.data;
    const { count } = images;
    const plan = planRefinement(settings, { teacher, count, epochs: context.epochs, batch: context.batch });
    const epochs = plan?.epochs ?? 0;
    if (plan === null) {
      const said = isAskedOnce ? (await teacherOutputs(context, { flipped: true })).logits : new Float32Array(0);
      const logits = isAskedOnce ? decidedLogits(said, known, teacher.classCount) : said;
      return new RefinedTeacher(context, { refined: null, logits, report: null, epochs });
    }
    const shape = [count, teacher.classCount] as const;
    const isKept = isAskedOnce && shape[0] * shape[1] <= MAX_KEPT_VALUES;
    if (isKept && context.isResumed === true) {
      const [logits, report] = [
        variable(new Float32Array(shape[0] * shape[1]), shape),
        variable(new Float32Array(6), [6]),
      ];
      return new RefinedTeacher(context, { refined: null, logits, report, epochs });
    }
    const { logits: said, teacher: refined, report } = await refineFor(context, plan);
    const logits = decidedLogits(said, known, teacher.classCount);
    const values = Float32Array.of(DEPTHS.indexOf(plan.depth), report.fraction, report.before, report.after, report.gain.mean, report.gain.standardError); // prettier-ignore
    return new RefinedTeacher(context, {
      refined,
      logits: isKept ? variable(logits, shape) : logits,
      report: isKept ? variable(values, [values.length]) : report,
      epochs,
    });
  }

  of(rows: Int32Array): tf.Tensor2D {
    if (this.#logits instanceof tf.Variable) return tf.gather(this.#logits, [...rows]) as tf.Tensor2D;
    return rowTensor(this.#logits, { rows, width: this.teacher.classCount });
  }

  /** What was done, for people; known once a checkpoint is restored. */
  notes(): readonly string[] {
    if (this.#report === null) return [];
    const report = this.#report instanceof tf.Variable ? readReport(this.#report) : this.#report;
    return [describeRefinement(report, this.#epochs)];
  }

  dispose(): void {
    disposeAll(this.kept);
    this.#refined?.dispose();
  }
}

interface Made {
  readonly refined: FrozenTeacher | null;
  readonly logits: Float32Array | tf.Variable;
  readonly report: tf.Variable | RefinementReport | null;
  readonly epochs: number;
}

async function refineFor(context: MethodContext, { depth, epochs }: RefinementPlan): Promise<Refinement> {
  const { data, batch, random, signal, progress, workers, asked, onTeacherRefined } = context;
  const { images, evidence, known } = data;
  const teacher = requiredTeacher(context);
  const said = await askTeacher(context, { flipped: true, features: true });
  const { logits, features, featureDim: dim, classCount, outside = null } = said;
  const plain = depth === 'full' ? (await askTeacher(context, { flipped: false, features: false })).logits : null;
  const refinement = await refineTeacher(depth, {
    teacher,
    images,
    input: { logits, labels: images.labels, classCount, features: dim === 0 ? null : { values: features, dim }, outside, seed: SEED, known, ...evidence }, // prettier-ignore
    plainLogits: plain ?? logits,
    epochs,
    batch,
    random: random.fork('refine'),
    ...(signal && { signal }),
    ...(progress && { progress }),
    ...(workers !== undefined && { workers }),
  });
  asked?.set(
    true,
    Promise.resolve({ ...said, logits: refinement.logits, features: new Float32Array(0), featureDim: 0 }),
  );
  await onTeacherRefined?.(refinement);
  return refinement;
}

function variable(values: Float32Array, shape: readonly number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape]), false));
}

function readReport(kept: tf.Variable): RefinementReport {
  const [depth, fraction, before, after, mean, standardError] = [...kept.dataSync()] as [number, number, number, number, number, number]; // prettier-ignore
  return { depth: DEPTHS[depth] as RefinementDepth, fraction, before, after, gain: { mean, standardError } };
}

function describeRefinement({ depth, fraction, before, after, gain }: RefinementReport, epochs: number): string {
  const what = depth === 'full' ? `all weights, ${epochs} epochs of two copies` : 'its logits, from its features';
  if (fraction === 0) {
    return `Refining the teacher (${what}) did not make the labels likelier of images that it did not learn (log-likelihood ${before.toFixed(4)}): it stays as it is.`;
  }
  return `The teacher was refined (${what}) by the labels that can be believed, ${Math.round(100 * fraction)} % of the way; log-likelihood of the labels of images that it did not learn: ${before.toFixed(4)} before, ${after.toFixed(4)} after (+${gain.mean.toFixed(4)} ± ${gain.standardError.toFixed(4)}). The teacher that the student learns from is the refined one.`;
}
