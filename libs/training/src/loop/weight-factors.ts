import type { tf } from '@winnow/tensor';

/** How much of the learning rate and of the weight decay a weight takes. */
export type WeightFactors = ReadonlyMap<tf.Variable, { readonly rate: number; readonly decay: number }>;

export interface WeightGroups {
  /** Factor of the rate of what starts afresh: the classifier, a projector, a method's modules. */
  readonly headRate: number;
  /**
   * Factor of the rate for each stage further from the classifier, as in BEiT (Bao et al. 2021, appendix) and timm's
   * layer_decay.
   */
  readonly layerDecay: number;
  /** Whether biases and the scales and offsets of normalisations decay too. */
  readonly decayNorms: boolean;
}

/** What is trained, by name. */
interface Trained {
  readonly student: ReadonlyMap<string, tf.Variable>;
  readonly classifierName: string;
  readonly modules: ReadonlyMap<string, tf.Variable>;
}

/** Of every weight that is trained. */
export function weightFactors({ student, classifierName, modules }: Trained, groups: WeightGroups): WeightFactors {
  const { headRate, layerDecay } = groups;
  const decay = ({ rank }: tf.Variable): number => (groups.decayNorms || rank > 1 ? 1 : 0);
  const isHead = (name: string): boolean => name.startsWith(`${classifierName}.`) || name.startsWith('projector.');
  const body = [...student.keys()].filter((name) => !isHead(name));
  const depths = stagesBefore(body);
  const factors = new Map<tf.Variable, { rate: number; decay: number }>();
  for (const [name, variable] of student) {
    const rate = isHead(name) ? headRate : layerDecay ** (depths.get(name) as number);
    factors.set(variable, { rate, decay: decay(variable) });
  }
  for (const variable of modules.values()) factors.set(variable, { rate: headRate, decay: decay(variable) });
  return factors;
}

/**
 * How many stages further from the classifier than it each weight of the body is: 1 for the last stage, 0 for what stands
 * between it and the classifier.
 * @param names by PyTorch name, in the order of the layers
 */
export function stagesBefore(names: readonly string[]): ReadonlyMap<string, number> {
  const stages = [...new Set(names.flatMap((name) => stageOf(name) ?? []))];
  const depths = new Map<string, number>();
  let passed = 0;
  for (const name of names) {
    const stage = stageOf(name);
    if (stage !== null) passed = stages.indexOf(stage) + 1;
    // What is in no stage belongs to the stem before the first one, or to what follows the last one.
    const isTop = stage === null && passed === stages.length;
    depths.set(name, isTop ? 0 : stages.length + 1 - (passed === 0 ? 0 : passed));
  }
  return depths;
}

/** `layer2` of layer2.0.conv1.weight, `blocks.3` of blocks.3.1.conv.weight; null of conv1.weight and bn1.bias. */
function stageOf(name: string): string | null {
  const [first = '', second = ''] = name.split('.');
  if (!/^\d+$/.test(second)) return null;
  return /\d$/.test(first) ? first : `${first}.${second}`;
}
