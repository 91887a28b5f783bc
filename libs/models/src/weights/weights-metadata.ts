import { type InputSpec, inputSpecSchema, WinnowError } from '@winnow/contracts';
import { decodeSafetensors } from '../formats/safetensors/decode-safetensors';
import { fromJson } from '../formats/json-values';
import { readClassList } from '../formats/read-class-list';

/** What a weights file says about itself; null where it says nothing. */
export interface WeightsMetadata {
  readonly model: string | null;
  readonly classes: readonly string[] | null;
  readonly input: InputSpec | null;
  /** Every text of the header as it stands. */
  readonly raw: Readonly<Record<string, string>>;
}

/** The header texts that saveWeights should write. */
export function weightsMetadata(about: {
  readonly model: string;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  /** How the images that it learnt from became square. */
  readonly resize?: string;
}): Record<string, string> {
  const { model, classes, input, resize } = about;
  return {
    model,
    classes: JSON.stringify(classes),
    input: JSON.stringify(input),
    ...(resize !== undefined && { resize }),
  };
}

/**
 * Reads what a safetensors file says of its model (`model` or `arch`), classes (a JSON list, or names between commas)
 * and input.
 * @throws WinnowError FORMAT_INVALID for a damaged file or an entry that cannot be read
 */
export function readWeightsMetadata(bytes: Uint8Array, where = 'safetensors'): WeightsMetadata {
  const raw = decodeSafetensors(bytes, where).metadata;
  const text = (key: string): string | null => (Object.hasOwn(raw, key) ? (raw[key] as string) : null);
  const classes = text('classes');
  const input = text('input');
  return {
    model: text('model') ?? text('arch'),
    classes: classes === null ? null : readClasses(classes, where),
    input: input === null ? null : readInput(input, where),
    raw,
  };
}

function readClasses(text: string, where: string): readonly string[] {
  const classes = readClassList(text);
  if (classes === null) throw unreadable('classes', where);
  return classes;
}

function readInput(text: string, where: string): InputSpec {
  const parsed = inputSpecSchema.safeParse(fromJson(text));
  if (!parsed.success) throw unreadable('input', where);
  return parsed.data;
}

function unreadable(key: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `the weights' metadata entry ${key} cannot be read`, {
    where: `${where}, __metadata__.${key}`,
    next: 'Give classes and input in the project file, or export the weights again.',
  });
}
