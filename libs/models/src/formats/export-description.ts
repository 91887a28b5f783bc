import type { InputSpec, TensorLayout } from '@winnow/contracts';
import { GRAPH_NAMES } from '../passes/export-graph';

/** What an exported file says about itself. */
export interface ExportDescription {
  /** Architecture. */
  readonly model: string;
  readonly classes: readonly string[];
  /** How the file wants its pixels. */
  readonly input: InputSpec;
  /** How the images that it learnt from became square, where that is known. */
  readonly resize?: string;
  /** Of winnow. */
  readonly version: string;
}

/**
 * Entries for a file's metadata, called as `winnow teacher import` reads them, so that an exported network comes back
 * without a flag.
 * @param layout axes of its images and of its feature map
 */
export function exportMetadata(
  { model, classes, input, resize }: ExportDescription,
  layout: TensorLayout,
): Readonly<Record<string, unknown>> {
  const { size, range, mean, std } = input;
  return {
    classes,
    featureMap: GRAPH_NAMES.featureMap,
    featureMapLayout: layout,
    features: GRAPH_NAMES.features,
    input: { size, range, mean, std },
    layout,
    logits: GRAPH_NAMES.logits,
    model,
    ...(resize !== undefined && { resize }),
    preprocessing: `RGB, ${size} x ${size}, each value (${range[0]} + pixel / 255 * ${range[1] - range[0]} - mean) / std`,
  };
}
