import { WinnowError } from '@winnow/contracts';
import { decodeSafetensors } from './decode-safetensors';
import { encodeSafetensors, type WritableTensor } from './encode-safetensors';
import { isBatchCounter } from '../../weights/torch-layout';
import type { Model } from '../../model';

/** Put before every name by wrappers: DataParallel, torch.compile, Lightning and hand-written ones. */
const PREFIXES = ['module.', '_orig_mod.', 'model.', 'net.', 'state_dict.'];

/** What the same part is called by different authors, as patterns over whole names. */
const SHORTCUTS: readonly (readonly [RegExp, string])[] = [
  [/\.downsample\./, '.shortcut.'],
  [/\.shortcut\./, '.downsample.'],
];
const CLASSIFIER = /^(fc|linear|classifier|classifier\.1|head|head\.fc|last_linear|output)\.(?=weight$|bias$)/;

export interface AdoptedWeights {
  /** safetensors of F32 under the model's names. */
  readonly bytes: Uint8Array;
  /** What was changed on the way, for people. */
  readonly notes: readonly string[];
}

/**
 * Weights of one of our architectures as others write them (timm, torchvision, wrapped, half precision), under the names
 * that the model has. Nothing is dropped but batch counters: what still does not fit is for loadWeights to refuse.
 * @throws WinnowError FORMAT_INVALID
 */
export function adoptSafetensors(model: Model, bytes: Uint8Array, where: string): AdoptedWeights {
  const { tensors } = decodeSafetensors(bytes, where);
  const stored = [...tensors].filter(([name]) => !isBatchCounter(name));
  const { own: names, notes: renames } = adoptNames(
    model,
    stored.map(([name]) => name),
  );
  const notes = [...renames];
  const adopted = new Map<string, WritableTensor>();
  const halves = new Set<string>();
  for (const [name, { dtype, shape, data }] of stored) {
    const own = names(name);
    if (data instanceof BigInt64Array) {
      throw new WinnowError('FORMAT_INVALID', `${name} holds integers, not floats`, {
        where,
        next: 'Export the weights as floats.',
      });
    }
    if (dtype !== 'F32') halves.add(dtype);
    if (adopted.has(own)) {
      throw new WinnowError('FORMAT_INVALID', `Two tensors would be called ${own}`, {
        where,
        next: 'Name the architecture that these weights belong to.',
      });
    }
    adopted.set(own, { shape, data: Float32Array.from(data) });
  }
  if (halves.size > 0) notes.push(`Weights in ${[...halves].sort().join(', ')} were written as F32.`);
  return { bytes: encodeSafetensors(adopted), notes };
}

/**
 * What the model calls the weights that others call `names`.
 * @returns own: of one of the names; notes: what was changed, for people
 */
export function adoptNames(
  model: Pick<Model, 'parameters' | 'classifierName'>,
  names: readonly string[],
): { own(name: string): string; readonly notes: readonly string[] } {
  const prefix = commonPrefix(names);
  const notes = prefix === '' ? [] : [`The prefix ${prefix} was taken off all names.`];
  const own = renamer(
    model,
    names.map((name) => name.slice(prefix.length)),
    notes,
  );
  return { own: (name) => own(name.slice(prefix.length)), notes };
}

/** What wrappers put before all names, several of them one after another. */
function commonPrefix(names: readonly string[]): string {
  let prefix = '';
  for (;;) {
    const next = PREFIXES.map((each) => prefix + each).find(
      (each) => names.length > 0 && names.every((name) => name.startsWith(each)),
    );
    if (next === undefined) return prefix;
    prefix = next;
  }
}

/** Takes a synonym only where the model knows it and not the name that the file has. */
function renamer(
  model: Pick<Model, 'parameters' | 'classifierName'>,
  names: readonly string[],
  notes: string[],
): (name: string) => string {
  const synonyms = [...SHORTCUTS, [CLASSIFIER, `${model.classifierName}.`] as const];
  const changes = new Map<string, string>();
  for (const name of names) {
    if (model.parameters.has(name)) continue;
    const own = synonyms
      .map(([pattern, text]) => name.replace(pattern, text))
      .find((candidate) => candidate !== name && model.parameters.has(candidate) && !names.includes(candidate));
    if (own !== undefined) changes.set(name, own);
  }
  const [example] = changes;
  if (example !== undefined) {
    const rest = changes.size > 1 ? ` and ${changes.size - 1} more` : '';
    notes.push(`${example[0]} was taken for ${example[1]}${rest}.`);
  }
  return (name) => changes.get(name) ?? name;
}
