import { z } from 'zod';
import { inputSpecSchema, PICTURE_FLAGS } from '@winnow/contracts';

/** Official interfaces first; the scraped ones work only when named. */
export const ENGINE_NAMES = [
  'openverse',
  'commons',
  'flickr',
  'brave-api',
  'bing',
  'duckduckgo',
  'brave',
  'qwant',
  'yahoo',
  'yandex',
  'baidu',
  'google',
] as const;

/** A class or project name becomes part of file names and tables. */
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}/\\]+$/u, 'must not hold slashes or control characters')
  .refine((name) => name !== '.' && name !== '..', 'must not be . or ..');

const queryTextSchema = z.string().trim().min(1).max(400);
const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Z]{2})?$/, 'must be a language such as de or pt-BR')
  .describe('Language, and region, that engines are asked in.');
const querySchema = z.strictObject({
  text: queryTextSchema,
  language: languageSchema.optional(),
  engines: z.array(z.enum(ENGINE_NAMES)).min(1).optional().describe('Only these of harvest.engines.'),
});

const classSchema = z
  .strictObject({
    name: nameSchema,
    queries: z
      .array(z.union([queryTextSchema, querySchema]))
      .max(50)
      .optional()
      .describe('Search texts for this class. Needed by crawl only.'),
  })
  .describe('A class the student shall know. Its place in the list is its label.');

const harvestSchema = z.strictObject({
  engines: z
    .array(z.enum(ENGINE_NAMES))
    .min(1)
    .default(['openverse', 'commons'])
    .describe(
      'Search engines, in order of preference. Scraped engines (bing and those after it) work only when named here.',
    ),
  perClass: z.int().min(1).max(1_000_000).default(300).describe('Different pictures to store for each class.'),
  licenses: z
    .enum(['any', 'share', 'commercial', 'modify', 'modify-commercial', 'public-domain'])
    .default('any')
    .describe('What licences must allow. Put to engines that can filter, and checked against what the others state.'),
  allowLicenses: z
    .array(z.string().trim().min(1).max(100))
    .min(1)
    .optional()
    .describe('Only pictures that state one of these licences, such as cc0, by, by-sa, pdm. Default: all.'),
  filters: z
    .strictObject({
      size: z.enum(['small', 'medium', 'large']).optional(),
      color: z
        .enum(['color', 'gray', 'red', 'orange', 'yellow', 'green', 'blue', 'purple', 'brown', 'black', 'white'])
        .optional(),
      type: z.enum(['photo', 'illustration', 'drawing', 'transparent']).optional(),
      aspect: z.enum(['square', 'tall', 'wide']).optional(),
      after: z.iso.date().optional().describe('First day of publication.'),
      before: z.iso.date().optional().describe('Last day of publication.'),
      language: languageSchema.optional(),
    })
    .prefault({})
    .describe('Asked of every engine that can; what one cannot do is reported.'),
  expand: z
    .array(z.enum(['size', 'color', 'type', 'aspect', 'years']))
    .default([])
    .describe('When a query gives no more: ask it again for each value of these, where the engine can.'),
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
  respectTdm: z
    .boolean()
    .default(true)
    .describe('Obey reservations of text and data mining (tdm-reservation, tdmrep.json). Recorded in the data set.'),
  checkPages: z
    .enum(['none', 'scraped', 'all'])
    .default('scraped')
    .describe(
      'Whose pages are read for opt-outs (meta robots) before their pictures are fetched: those that scraped engines listed, or all. Needs respectRobots.',
    ),
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
  resize: z
    .enum(['squash', 'cover', 'attention', 'letterbox', 'keep'])
    .default('squash')
    .describe(
      'How a picture becomes square: stretched, cut to its middle or to its most striking part, or padded with grey. keep: it does not; its shorter side becomes `size`.',
    ),
  format: z.enum(['jpeg', 'png']).default('jpeg').describe('Encoding within the shards.'),
  quality: z.int().min(1).max(100).default(95).describe('JPEG quality.'),
  shardSamples: z.int().min(1).max(1_000_000).default(1000).describe('Most pictures in a shard.'),
  shardBytes: z
    .int()
    .min(100_000)
    .max(8_000_000_000)
    .default(1_000_000_000)
    .describe('Largest shard, bytes; a single larger picture still gets one of its own.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(64)])
    .default('auto')
    .describe('Threads that decode and encode. Does not change the result.'),
  classes: z.array(nameSchema).min(1).optional().describe('Only pictures of these classes; labels stay as they are.'),
  where: z
    .string()
    .trim()
    .min(1)
    .max(4000)
    .optional()
    .describe('Only pictures for which this holds, such as `license in (cc0, by) and width >= 128`.'),
  exclude: z
    .array(z.string().trim().min(1).max(500))
    .default([])
    .describe('Pictures to leave out: outcome:NAME, host:NAME or cluster:DIGEST of a picture.'),
  holdout: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Pictures of which no copy may be in the data set, beside those of evaluate.test: folder per class, tar, CSV or build.',
    ),
  screens: z
    .strictObject({
      drop: z
        .array(z.enum(PICTURE_FLAGS))
        .default([])
        .describe('Flags for which a picture is left out; the others only mark it.'),
      blurry: z.number().min(0).default(25).describe('Variance of the Laplacian below which a picture is blurry.'),
      dark: z.number().min(0).max(1).default(0.3).describe('Luma of its brightest part below which it is dark.'),
      bright: z.number().min(0).max(1).default(0.7).describe('Luma of its darkest part above which it is bright.'),
      entropyBits: z.number().min(0).max(8).default(2).describe('Below it a picture is flat (low_information).'),
      aspect: z.number().min(1).max(1000).default(3).describe('Longer over shorter side above which it is odd_aspect.'),
      side: z.int().min(1).max(10_000).default(32).describe('Shorter side, pixels, below which it is small.'),
      hosts: z
        .int()
        .min(2)
        .max(1000)
        .default(5)
        .describe('A picture found on so many hosts under several classes is a placeholder.'),
    })
    .prefault({})
    .describe('What is flagged in a picture, and what is dropped for it.'),
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
      mirrors: z.boolean().default(true).describe('A picture and its mirror image are copies too.'),
      similarity: z
        .number()
        .min(0.5)
        .max(1)
        .optional()
        .describe(
          'Cosine of the features that `winnow embed` stored above which two pictures are copies: finds crops, pads and turned copies. Without it that stage is left out.',
        ),
    })
    .prefault({}),
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
  input: inputSpecSchema.optional().describe("Input size and normalisation; default: the weights' own metadata."),
  rename: z
    .record(nameSchema, z.string().min(1).max(500))
    .optional()
    .describe("The teacher's name of a class by ours, where they differ; `#12` is its output 12."),
});

const shareSchema = z.number().min(0).max(1);
const alphaSchema = z.number().positive().max(100);

const augmentSchema = z
  .strictObject({
    basis: z
      .enum(['crop-flip', 'resized-crop', 'flip', 'none'])
      .default('crop-flip')
      .describe(
        'crop-flip: moved within a black border, mirrored or not. resized-crop: a random region at the size of the view, mirrored or not.',
      ),
    padding: z.int().min(0).max(256).optional().describe('Border of crop-flip, pixels; default 4.'),
    scale: z
      .tuple([shareSchema, shareSchema])
      .refine(([from, to]) => from <= to && to > 0, 'must rise')
      .optional()
      .describe("Share of the picture's area that resized-crop takes, from and to; default [0.08, 1]."),
    ratio: z
      .tuple([z.number().min(0.01).max(100), z.number().min(0.01).max(100)])
      .refine(([from, to]) => from <= to, 'must rise')
      .optional()
      .describe('Width over height of resized-crop, from and to; default [0.75, 1.3333].'),
    randAugment: z
      .strictObject({
        operations: z.int().min(1).max(14).default(2).describe('N: operations a picture.'),
        magnitude: z
          .number()
          .min(0)
          .max(10)
          .default(9)
          .describe('M: strength, 0 to 10 (where torchvision counts to 30).'),
      })
      .optional()
      .describe('RandAugment, after the basis.'),
    augMix: z
      .strictObject({
        severity: z.number().min(1).max(10).default(1),
        width: z.int().min(1).max(10).default(3).describe('Chains that are mixed.'),
        depth: z.int().min(1).max(10).default(3).describe('Longest chain, operations.'),
      })
      .optional()
      .describe('AugMix, after RandAugment.'),
    colorJitter: z
      .strictObject({
        brightness: z.number().min(0).max(10).default(0).describe('Factor from 1 - x to 1 + x.'),
        contrast: z.number().min(0).max(10).default(0),
        saturation: z.number().min(0).max(10).default(0),
        hue: z.number().min(0).max(0.5).default(0).describe('Turn from -x to x, in whole turns.'),
      })
      .optional()
      .describe('Colours changed at random, last.'),
    mixup: alphaSchema.optional().describe("Parameter of mixup's Beta distribution; without it no mixup."),
    cutmix: alphaSchema
      .optional()
      .describe("Parameter of CutMix's Beta distribution. With mixup too, each step takes one of them."),
  })
  .describe('Views that the student (and the teacher: the same) see. ce and kd honour it; modul keeps its own.');

const trainSchema = z.strictObject({
  method: z.enum(['ce', 'kd', 'modul']).default('modul').describe('How the student learns.'),
  epochs: z.int().min(1).max(100_000).default(30).describe('Passes over the pool (modul: over its clean set).'),
  batch: z.int().min(2).max(8192).default(128).describe('Pictures in a step (modul: of each set).'),
  learningRate: z.number().positive().max(100).default(0.1),
  momentum: z.number().min(0).lt(1).default(0.9),
  nesterov: z.boolean().default(false).describe('Nesterov momentum.'),
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
  size: z
    .int()
    .min(8)
    .max(1024)
    .optional()
    .describe("Side of the views and of the networks' input, pixels; default: build.size."),
  augment: augmentSchema.prefault({}),
  accumulate: z
    .int()
    .min(1)
    .max(8192)
    .default(1)
    .describe('Parts that a batch is computed in, to save memory; batch norm sees one part at a time. Divides batch.'),
  workers: z
    .union([z.literal('auto'), z.int().min(0).max(64)])
    .default('auto')
    .describe('Threads that draw pictures while the network computes. Does not change the result.'),
  pixelMemoryBytes: z
    .int()
    .min(0)
    .default(2_000_000_000)
    .describe('Decoded pictures up to this size are kept in memory; larger sets are read from disk.'),
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
