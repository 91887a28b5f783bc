/** What a node of somebody's graph does, as far as it matters where classes and features are. */
export type NodeKind = 'classifier' | 'softmax' | 'pool' | 'pass' | 'constant' | 'other';

export interface GraphNode {
  readonly kind: NodeKind;
  /** Names of tensors; the data first. */
  readonly inputs: readonly string[];
  readonly output: string;
}

/** Tensors of a classifier by name; null where its graph does not show one. */
export interface TeacherOutputs {
  readonly logits: string | null;
  readonly probabilities: string | null;
  /** What goes into the classifier. */
  readonly features: string | null;
  /** What goes into the pooling before that. */
  readonly featureMap: string | null;
}

/** Layers between an output and its classifier, or between that and the pooling. */
const MAX_STEPS = 24;
const NOTHING: TeacherOutputs = { logits: null, probabilities: null, features: null, featureMap: null };

/** Names of the outputs that may hold a row for each image: no feature maps. */
export function rowOutputs(
  outputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[],
): readonly string[] {
  return outputs.flatMap(({ name, shape }) => (shape.slice(1).filter((size) => size !== 1).length <= 1 ? [name] : []));
}

/**
 * Follows a graph back from its outputs: past a softmax to the logits, past what only moves numbers to the linear layer
 * that makes them, and from its input to the pooling.
 * @param outputs of the graph, in order; the first one that a classifier makes is taken
 */
export function findTeacherOutputs(nodes: readonly GraphNode[], outputs: readonly string[]): TeacherOutputs {
  const makers = new Map(nodes.filter(({ kind }) => kind !== 'constant').map((node) => [node.output, node]));
  const dataOf = (node: GraphNode): string | null => node.inputs.find((name) => makers.has(name)) ?? null;
  const back = (from: string | null, wanted: NodeKind, mayPass: (kind: NodeKind) => boolean): GraphNode | null => {
    let at = from;
    for (let step = 0; step < MAX_STEPS && at !== null; step += 1) {
      const node = makers.get(at);
      if (node === undefined || node.kind === wanted) return node ?? null;
      if (!mayPass(node.kind)) return null;
      at = dataOf(node);
    }
    return null;
  };
  const onlyMoves = (kind: NodeKind): boolean => kind === 'pass';
  for (const output of outputs) {
    const softmax = back(output, 'softmax', onlyMoves);
    const logits = softmax === null ? output : dataOf(softmax);
    const classifier = back(logits, 'classifier', onlyMoves);
    if (classifier === null) continue;
    const features = dataOf(classifier);
    const pool = back(features, 'pool', () => true);
    return {
      // Of a layer that ends in a softmax nobody can ask for what comes before it.
      logits: logits === '' ? null : logits,
      probabilities: softmax === null ? null : output,
      features,
      featureMap: pool === null ? null : dataOf(pool),
    };
  }
  return NOTHING;
}
