import {
  inputSpecSchema,
  type InputSpec,
  type ResizePolicy,
  resizePolicySchema,
  TENSOR_LAYOUTS,
  type TensorLayout,
  WinnowError,
} from '@winnow/contracts';
import { fromJson } from '../formats/json-values';
import { readClassList } from '../formats/read-class-list';

/** What an external file says of itself, in the entries that winnow reads; undefined where it says nothing. */
export interface ExternalHints {
  readonly classes?: readonly string[];
  readonly input?: InputSpec;
  readonly layout?: TensorLayout;
  readonly logits?: string;
  readonly features?: string;
  readonly featureMap?: string;
  readonly featureMapLayout?: TensorLayout;
  /** How the images that it learnt from became square. */
  readonly resize?: ResizePolicy;
}

const TEXTS = ['logits', 'features', 'featureMap'] as const;
const LAYOUTS = ['layout', 'featureMapLayout'] as const;

/**
 * Reads entries called as the flags are: ONNX's `metadata_props` (texts; lists and objects as JSON) or TF.js's
 * `userDefinedMetadata`.
 * @throws WinnowError FORMAT_INVALID naming an entry that cannot be read
 */
export function readExternalHints(metadata: Readonly<Record<string, unknown>>, where: string): ExternalHints {
  const entry = (key: string): unknown => (Object.hasOwn(metadata, key) ? metadata[key] : undefined);
  const fail = (key: string): never => {
    throw new WinnowError('FORMAT_INVALID', `The model's own entry ${key} cannot be read`, {
      where: `${where}, metadata ${key}`,
      next: 'Remove it from the model and give the flag instead.',
    });
  };
  const hints: Record<string, unknown> = {};
  for (const key of TEXTS) {
    const value = entry(key);
    if (value === undefined) continue;
    hints[key] = typeof value === 'string' && value !== '' ? value : fail(key);
  }
  for (const key of LAYOUTS) {
    const value = entry(key);
    if (value === undefined) continue;
    hints[key] = TENSOR_LAYOUTS.find((layout) => String(value).toLowerCase() === layout) ?? fail(key);
  }
  // A word that others use, too: what winnow did not write is no hint.
  const resize = resizePolicySchema.safeParse(entry('resize'));
  if (resize.success) hints['resize'] = resize.data;
  const classes = entry('classes');
  if (classes !== undefined) hints['classes'] = readClassList(classes) ?? fail('classes');
  const input = entry('input');
  if (input !== undefined) hints['input'] = inputSpecSchema.safeParse(fromJson(input)).data ?? fail('input');
  return hints;
}
