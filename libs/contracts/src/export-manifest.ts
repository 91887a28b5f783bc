import { z } from 'zod';
import { inputSpecSchema } from './input-spec';
import { resizePolicySchema } from './resize-policy';

/** What `winnow export` writes, in the order in which it does. */
export const EXPORT_FORMATS = ['safetensors', 'onnx', 'tfjs'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `export.json` beside the files of an export; what it lists may be replaced by another export. */
export const exportManifestSchema = z.strictObject({
  format: z.literal('winnow-export'),
  version: z.literal(1),
  /** Architecture. */
  model: z.string(),
  /** Name of each output, in order. */
  classes: z.array(z.string()),
  /** How the pictures that it learnt from became square, where the weights file says it. */
  resize: resizePolicySchema.optional(),
  /** Of the weights file that was exported, hex. */
  weightsSha256: sha256,
  exports: z.array(
    z.strictObject({
      format: z.enum(EXPORT_FORMATS),
      /** How this file wants its pixels. */
      input: inputSpecSchema,
      /** Largest difference of a logit when it was loaded again, of the largest logit. */
      difference: z.number(),
      files: z.array(
        z.strictObject({
          name: z.string().regex(/^(?:model\.(?:safetensors|onnx)|tfjs\/(?:model\.json|group1-shard\d+of\d+\.bin))$/),
          sizeBytes: z.int().min(0),
          sha256,
        }),
      ),
    }),
  ),
});

export type ExportManifest = Readonly<z.infer<typeof exportManifestSchema>>;
