import { z } from 'zod';
import { inputSpecSchema } from '@winnow/contracts';

/** A class or project name becomes part of file names and tables. */
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}/\\]+$/u, 'must not hold slashes or control characters')
  .refine((name) => name !== '.' && name !== '..', 'must not be . or ..');

const classSchema = z
  .strictObject({
    name: nameSchema,
    queries: z
      .array(z.string().trim().min(1).max(400))
      .max(50)
      .optional()
      .describe('Search texts for this class. Needed by crawl only.'),
  })
  .describe('A class the student shall know. Its place in the list is its label.');

const harvestSchema = z.strictObject({
  engines: z
    .array(z.enum(['openverse', 'commons', 'bing']))
    .min(1)
    .default(['openverse', 'commons'])
    .describe('Search engines, in order of preference. Scraped engines (bing) work only when named here.'),
  perClass: z.int().min(1).max(1_000_000).default(300).describe('Image URLs to list for each class.'),
  licenses: z
    .enum(['any', 'commercial', 'public-domain'])
    .default('any')
    .describe('Licence filter, where an engine has one.'),
  safe: z.enum(['strict', 'moderate', 'off']).default('strict').describe('Safe search, where an engine has it.'),
  contact: z
    .string()
    .max(200)
    .optional()
    .describe('URL or mail address that site owners find in the User-Agent. Needed by crawl.'),
  respectRobots: z
    .boolean()
    .default(true)
    .describe('Obey robots.txt and noai, noimageai, noindex. Recorded in the data set.'),
  delayMillis: z
    .int()
    .min(0)
    .max(600_000)
    .default(1000)
    .describe('Least time between two requests to one host, milliseconds.'),
  concurrency: z.int().min(1).max(256).default(16).describe('Requests under way at once, all hosts together.'),
  perHost: z.int().min(1).max(16).default(2).describe('Requests under way at once to one host.'),
  maxBytes: z.int().min(1024).max(1_000_000_000).default(20_000_000).describe('Largest file, bytes after decoding.'),
  maxPixels: z.int().min(1024).max(1_000_000_000).default(100_000_000).describe('Largest picture, pixels.'),
  minSide: z.int().min(1).max(10_000).default(24).describe('Shortest side of a picture that is kept, pixels.'),
  maxAspectRatio: z
    .number()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Longest side over shortest side of a picture that is kept.'),
  resolve: z
    .record(
      z.string().min(1),
      z.string().regex(/^(127\.0\.0\.1|\[::1\]):\d{1,5}$/, 'must be 127.0.0.1:PORT or [::1]:PORT'),
    )
    .default({})
    .describe(
      'Hosts to reach at a loopback server instead: for the demo, tests and benchmarks. Recorded in the data set.',
    ),
});

const buildSchema = z.strictObject({
  size: z.int().min(8).max(1024).default(32).describe('Side of the square pictures, pixels.'),
  resize: z.enum(['squash', 'cover', 'letterbox']).default('squash').describe('How a picture becomes square.'),
  format: z.enum(['jpeg', 'png']).default('jpeg').describe('Encoding within the shards.'),
  quality: z.int().min(1).max(100).default(95).describe('JPEG quality.'),
  shardSamples: z.int().min(1).max(1_000_000).default(1000).describe('Most pictures in a shard.'),
  dedupe: z
    .strictObject({
      mergeBits: z.int().min(0).max(31).default(15).describe('PDQ distance up to which two pictures are copies.'),
      sameClassMergeBits: z.int().min(0).max(31).default(31).describe('The same, within one class.'),
      confirmBelowPixels: z
        .int()
        .min(0)
        .max(100_000)
        .default(128)
        .describe('Near matches of pictures whose shorter side is below this are confirmed by their pixels.'),
    })
    .prefault({}),
});

const teacherSchema = z.strictObject({
  weights: z.string().min(1).describe('safetensors file, relative to this file.'),
  model: z.string().min(1).optional().describe("Architecture; default: the weights' own metadata."),
  classes: z
    .array(nameSchema)
    .min(2)
    .optional()
    .describe("Names of the teacher's outputs, in order; default: the weights' own metadata."),
  input: inputSpecSchema.optional().describe("Input size and normalisation; default: the weights' own metadata."),
});

const trainSchema = z.strictObject({
  method: z.enum(['ce', 'kd', 'modul']).default('modul').describe('How the student learns.'),
  epochs: z.int().min(1).max(100_000).default(30).describe('Passes over the pool (modul: over its clean set).'),
  batch: z.int().min(2).max(8192).default(128).describe('Pictures in a step (modul: of each set).'),
  learningRate: z.number().positive().max(100).default(0.1),
  momentum: z.number().min(0).lt(1).default(0.9),
  weightDecay: z.number().min(0).max(1).default(5e-4),
  schedule: z
    .enum(['cosine', 'steps'])
    .default('cosine')
    .describe('steps: x 0.1 at .32, .48 and .64 of the epochs, as in the paper.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});

/** The project file: one strict object, so that a misspelt key is an error and not a silent default. */
export const projectSchema = z
  .strictObject({
    $schema: z.string().optional().describe('JSON Schema of this file, for editors.'),
    name: nameSchema.describe('Names the project in the database and in run folders.'),
    classes: z.array(classSchema).min(2).max(100_000),
    harvest: harvestSchema.prefault({}).describe('How to search and download.'),
    build: buildSchema.prefault({}).describe('How pictures become a data set.'),
    teacher: teacherSchema.optional().describe('The network to learn from. Needed by split and train.'),
    split: z.strictObject({ method: z.enum(['edl-gmm']).default('edl-gmm') }).prefault({}),
    student: z.strictObject({ model: z.string().min(1).default('resnet8') }).prefault({}),
    train: trainSchema.prefault({}),
    evaluate: z
      .strictObject({
        test: z
          .string()
          .min(1)
          .optional()
          .describe('Labelled pictures that no method sees: folder per class, or a tar of CLASS/NAME files.'),
        truth: z
          .string()
          .min(1)
          .optional()
          .describe('CSV with the columns imageUrl, source and true: for measuring only, where the truth is known.'),
      })
      .prefault({}),
    engine: z.enum(['auto', 'tensorflow', 'wasm', 'cpu']).default('auto').describe('What computes the tensors.'),
  })
  .superRefine((project, context) => {
    const seen = new Map<string, number>();
    project.classes.forEach(({ name }, index) => {
      const first = seen.get(name);
      if (first !== undefined) {
        context.addIssue({
          code: 'custom',
          path: ['classes', index, 'name'],
          message: `"${name}" is already class ${first}`,
        });
      }
      seen.set(name, first ?? index);
    });
  });

export type ProjectSettings = z.infer<typeof projectSchema>;
