import { z } from 'zod';
import { inputSpecSchema } from '../input-spec';
import { resizePolicySchema } from '../resize-policy';

export const TENSOR_LAYOUTS = ['nhwc', 'nchw'] as const;
/** Order of an image's axes: batch, height, width, channels, or batch, channels, height, width. */
export type TensorLayout = (typeof TENSOR_LAYOUTS)[number];

const EXTERNAL_KINDS = ['onnx', 'tfjs-layers', 'tfjs-graph'] as const;
/** What computes a teacher that is not of our architectures. */
export type ExternalKind = (typeof EXTERNAL_KINDS)[number];

const tensorName = z.string().min(1).max(500);
const className = z.string().min(1).max(500);

/** Where an external network takes its images, and where it gives its answers. */
const externalContractSchema = z.strictObject({
  kind: z.enum(EXTERNAL_KINDS),
  /** Axes of its input. */
  layout: z.enum(TENSOR_LAYOUTS),
  logits: z.strictObject({
    output: tensorName,
    /** Probabilities are turned into logits by their logarithm; embeddings, of images, by those of names. */
    values: z.enum(['logits', 'probabilities', 'embeddings']),
  }),
  /** Null: the teacher has logits only. */
  features: z.strictObject({ output: tensorName }).nullable(),
  featureMap: z.strictObject({ output: tensorName, layout: z.enum(TENSOR_LAYOUTS) }).nullable(),
});

/** `teacher.json` beside the files of an imported teacher. */
export const teacherManifestSchema = z.strictObject({
  format: z.literal('winnow-teacher'),
  version: z.literal(1),
  ...externalContractSchema.shape,
  /** Name of each output, in order. */
  classes: z.array(className).min(2).max(1_000_000),
  /** The teacher's name of a class by the project's; `#12` is output 12. */
  rename: z.record(className, className),
  input: inputSpecSchema,
  /** How the images that it learnt from became square, where that is known. */
  resize: resizePolicySchema.optional(),
  /** How logits are made of embeddings; text embeddings of the names lie beside the model. */
  zeroShot: z
    .strictObject({
      /** What cosines are multiplied by, as the network was trained. */
      logitScale: z.number().positive(),
      /** Divides them after that. */
      temperature: z.number().positive(),
      /** What the temperature was fitted to; null where a person or nobody said it. */
      calibration: z.strictObject({ images: z.int().min(1), labels: z.enum(['right', 'noisy']) }).nullable(),
    })
    .optional(),
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/, 'must be a plain file name'),
        sizeBytes: z.int().min(1),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(3),
});

export type ExternalContract = Readonly<z.infer<typeof externalContractSchema>>;
export type TeacherManifest = Readonly<z.infer<typeof teacherManifestSchema>>;
