import { WinnowError } from '@winnow/contracts';
import { isRecord } from '../is-record';

/** Sizes in a layer's configuration that decide how much memory its weights take. */
const SIZE_KEYS = ['units', 'filters', 'kernel_size', 'depth_multiplier', 'input_dim', 'output_dim'];
const MAX_INPUT = 4096;
const MAX_DEPTH = 100;

/**
 * Refuses a topology that asks for larger layers than its weights are: tfjs makes all layers before it looks at the
 * weights.
 * @throws WinnowError FORMAT_INVALID
 */
export function checkLayerSizes(json: Readonly<Record<string, unknown>>, where: string): void {
  const manifest = json['weightsManifest'] as readonly { readonly weights: readonly { readonly shape: number[] }[] }[];
  const sizes = manifest.flatMap(({ weights }) => weights.flatMap(({ shape }) => shape));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 1);
  visit(json['modelTopology'], { largest, where }, 0);
}

function visit(value: unknown, limits: { readonly largest: number; readonly where: string }, depth: number): void {
  if (depth > MAX_DEPTH) throw refused('nested too deeply', limits.where);
  if (Array.isArray(value)) for (const item of value) visit(item, limits, depth + 1);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const most = SIZE_KEYS.includes(key) ? limits.largest : key === 'batch_input_shape' ? MAX_INPUT : null;
    if (most !== null && [item].flat().some((size) => typeof size === 'number' && size > most)) {
      throw refused(`${key} is larger than ${most}`, limits.where);
    }
    visit(item, limits, depth + 1);
  }
}

function refused(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `The model's layers do not fit its weights: ${what}`, {
    where: `${where}, modelTopology`,
    next: 'Convert the model again with tensorflowjs_converter, or save it with tfjs.',
  });
}
