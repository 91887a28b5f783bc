import { inputSpecSchema, MODEL_NAMES, SPLIT_NAMES } from '@winnow/contracts';
import { z } from 'zod';
import { buildSchema } from './build-schema';
import { ENGINE_NAMES, harvestSchema, languageSchema } from './harvest-schema';
import { nameSchema } from './name-schema';
import { trainSchema } from './train-schema';

/** A known name, or one with the projector that some methods add. */
function isArchitecture(name: string): boolean {
  const plain = name.replace(/\+projector-\d+$/, '');
  return MODEL_NAMES.some((known) => known === plain);
}

const queryTextSchema = z.string().trim().min(1).max(400);
const querySchema = z.strictObject({
  text: queryTextSchema.describe('What to search for.'),
  language: languageSchema.optional(),
  engines: z.array(z.enum(ENGINE_NAMES)).min(1).optional().describe('Only these of harvest.engines.'),
});

const classSchema = z
  .strictObject({
    name: nameSchema.describe('Names the class in tables and files.'),
    queries: z
      .array(z.union([queryTextSchema, querySchema]))
      .max(50)
      .optional()
      .describe('Search texts for this class. Needed by crawl only.'),
  })
  .describe('A class the student shall know. Its place in the list is its label.');

const teacherInputSchema = inputSpecSchema.extend({
  size: inputSpecSchema.shape.size.describe('Side of the square input, pixels.'),
  range: inputSpecSchema.shape.range.describe('Where 0 and 255 are mapped to before normalisation.'),
  mean: inputSpecSchema.shape.mean.describe('Subtracted after that: red, green, blue.'),
  std: inputSpecSchema.shape.std.describe('Divided by after that: red, green, blue.'),
});

const teacherSchema = z.strictObject({
  weights: z
    .string()
    .min(1)
    .describe('safetensors file, or the folder that `winnow teacher import` wrote; relative to this file.'),
  model: z.string().min(1).optional().describe("Architecture; default: the weights' own metadata."),
  classes: z
    .array(nameSchema)
    .min(2)
    .optional()
    .describe("Names of the teacher's outputs, in order; default: the weights' own metadata."),
  input: teacherInputSchema.optional().describe("Input size and normalisation; default: the weights' own metadata."),
  rename: z
    .record(nameSchema, z.string().min(1).max(500))
    .optional()
    .describe("The teacher's name of a class by ours, where they differ; `#12` is its output 12."),
});

/** The project file: one strict object, so that a misspelt key is an error and not a silent default. */
export const projectSchema = z
  .strictObject({
    $schema: z.string().optional().describe('JSON Schema of this file, for editors.'),
    name: nameSchema.describe('Names the project in the database and in run folders.'),
    classes: z
      .array(classSchema)
      .min(2)
      .max(100_000)
      .describe('What the student shall know, in the order of its outputs.'),
    harvest: harvestSchema.prefault({}).describe('How to search and download.'),
    build: buildSchema.prefault({}).describe('How images become a data set.'),
    teacher: teacherSchema.optional().describe('The network to learn from. Needed by split and train.'),
    split: z
      .strictObject({
        method: z
          .enum(['auto', ...SPLIT_NAMES])
          .default('auto')
          .describe(
            "How clean, closed and open labels are told apart; auto: the training method's own way (modul and kd-known edl-gmm, others winnow).",
          ),
        corrections: z
          .string()
          .min(1)
          .optional()
          .describe(
            "CSV with the columns picture (sha256 or image URL) and class (empty or `open`: none of them; `?`: not decided). A person's word wins over the split's.",
          ),
        decisions: z
          .boolean()
          .default(true)
          .describe('Whether what people decided in `winnow studio` counts, beside `corrections`.'),
      })
      .prefault({})
      .describe('How labels that are wrong are found.'),
    student: z
      .strictObject({
        model: z
          .string()
          .min(1)
          .refine((name) => name === 'auto' || isArchitecture(name), 'expected an architecture of winnow')
          .default('auto')
          .describe('Architecture; `winnow models` lists them. auto: that of `weights`, without them resnet8.'),
        weights: z
          .string()
          .min(1)
          .optional()
          .describe(
            'A pretrained network to begin with: safetensors in names of torchvision, timm or winnow, relative to this file. Its classifier is replaced.',
          ),
        head: z
          .enum(['fitted', 'random'])
          .optional()
          .describe(
            'How the new classifier begins, with `weights`. fitted (the default): as its own rows of the classes where they agree with the teacher, else as the best linear fit.',
          ),
        input: teacherInputSchema
          .omit({ size: true })
          .optional()
          .describe("How the student's pixels are normalised; default: as `weights` say, else as the teacher's."),
      })
      .prefault({})
      .describe('The network that learns.'),
    train: trainSchema.prefault({}).describe('How the student learns.'),
    evaluate: z
      .strictObject({
        test: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Labelled images that no method sees: folder per class, tar of CLASS/NAME files, CSV with path and class, or build.',
          ),
        truth: z
          .string()
          .min(1)
          .optional()
          .describe(
            'CSV with the columns imageUrl, source and true, or the pool of a world: for measuring only, where the truth is known.',
          ),
      })
      .prefault({})
      .describe('What the student is measured on.'),
    engine: z.enum(['auto', 'tensorflow', 'wasm', 'cpu']).default('auto').describe('What computes the tensors.'),
  })
  .superRefine((project, context) => {
    const seen = new Set<string>();
    project.classes.forEach(({ name }, index) => {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: ['classes', index, 'name'],
          message: 'no class may be listed twice',
        });
      }
      seen.add(name);
    });
  });

export type ProjectSettings = z.infer<typeof projectSchema>;
