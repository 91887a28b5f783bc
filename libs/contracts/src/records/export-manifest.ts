import { z } from 'zod';
import { inputSpecSchema } from '../input-spec';
import { resizePolicySchema } from '../resize-policy';

/** What `winnow export` writes, in the order in which it does. */
export const EXPORT_FORMATS = ['safetensors', 'onnx', 'tfjs'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How weights are stored; int8 in ONNX: also how it computes. */
export const EXPORT_PRECISIONS = ['float32', 'float16', 'int8'] as const;
export type ExportPrecision = (typeof EXPORT_PRECISIONS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fraction = z.number().min(0).max(1).nullable();
const file = z.strictObject({ name: z.string(), sizeBytes: z.int().min(0), sha256 });
const FILE_NAME =
  /^(?:model(?:\.(?:float16|int8))?\.(?:safetensors|onnx)|tfjs(?:-(?:float16|int8))?\/(?:model\.json|group1-shard\d+of\d+\.bin))$/;

/** `export.json` beside the files of an export; what it lists may be replaced by another export. */
export const exportManifestSchema = z.strictObject({
  format: z.literal('winnow-export'),
  version: z.literal(1),
  /** Architecture. */
  model: z.string(),
  /** Name of each output, in order. */
  classes: z.array(z.string()),
  /** How the images that it learnt from became square, where the weights file says it. */
  resize: resizePolicySchema.optional(),
  /** Of the weights file that was exported, hex. */
  weightsSha256: sha256,
  /** The model card beside the exports. */
  card: file.extend({ name: z.literal('model-card.md') }).optional(),
  exports: z.array(
    z.strictObject({
      format: z.enum(EXPORT_FORMATS),
      precision: z.enum(EXPORT_PRECISIONS).default('float32'),
      /** How this file wants its pixels. */
      input: inputSpecSchema,
      /** Largest difference of a logit when it was loaded again, of the largest logit. */
      difference: z.number(),
      /** Fraction of images of which it names the same class as the network; null: measured on none. */
      agreement: fraction.default(null),
      /** Fraction of labelled images that it names right; null: measured on none. */
      accuracy: fraction.default(null),
      files: z.array(file.extend({ name: file.shape.name.regex(FILE_NAME) })),
    }),
  ),
});

export type ExportManifest = Readonly<z.infer<typeof exportManifestSchema>>;

/** `bundle.json` of what `winnow bundle` writes; what it lists may be replaced by another bundle. */
export const bundleManifestSchema = z.strictObject({
  format: z.literal('winnow-bundle'),
  version: z.literal(1),
  project: z.string(),
  /** Name of its folder. */
  run: z.string(),
  /** Id of the data set that it learnt from. */
  build: z.string(),
  /** All but this one, by name within the folder, sorted. */
  files: z.array(file),
});

export type BundleManifest = Readonly<z.infer<typeof bundleManifestSchema>>;
