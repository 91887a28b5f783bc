import { METHOD_NAMES } from '@winnow/contracts';
import { z } from 'zod';

const fractionSchema = z.number().min(0).max(1);
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
      .tuple([fractionSchema, fractionSchema])
      .refine(([from, to]) => from <= to && to > 0, 'must rise')
      .optional()
      .describe("Share of the image's area that resized-crop takes, from and to; default [0.08, 1]."),
    ratio: z
      .tuple([z.number().min(0.01).max(100), z.number().min(0.01).max(100)])
      .refine(([from, to]) => from <= to, 'must rise')
      .optional()
      .describe('Width over height of resized-crop, from and to; default [0.75, 1.3333].'),
    randAugment: z
      .strictObject({
        operations: z.int().min(1).max(14).default(2).describe('N: operations an image.'),
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
        severity: z.number().min(1).max(10).default(1).describe('Strength of its operations, 1 to 10.'),
        width: z.int().min(1).max(10).default(3).describe('Chains that are mixed.'),
        depth: z.int().min(1).max(10).default(3).describe('Longest chain, operations.'),
      })
      .optional()
      .describe('AugMix, after RandAugment.'),
    colorJitter: z
      .strictObject({
        brightness: z.number().min(0).max(10).default(0).describe('Factor from 1 - x to 1 + x.'),
        contrast: z.number().min(0).max(10).default(0).describe('Factor from 1 - x to 1 + x.'),
        saturation: z.number().min(0).max(10).default(0).describe('Factor from 1 - x to 1 + x.'),
        hue: z.number().min(0).max(0.5).default(0).describe('Turn from -x to x, in whole turns.'),
      })
      .optional()
      .describe('Colours changed at random, last.'),
    mixup: alphaSchema.optional().describe("Parameter of mixup's Beta distribution; without it no mixup."),
    cutmix: alphaSchema
      .optional()
      .describe("Parameter of CutMix's Beta distribution. With mixup too, each step takes one of them."),
  })
  .describe(
    'Views that the student (and the teacher: the same) see. modul keeps its own; winnow moves them by a 32nd of their side unless padding says how far.',
  );

/** What winnow decides unless the project says it. */
function decided<T extends z.ZodType>(schema: T) {
  return z.union([z.literal('auto'), schema]).default('auto');
}

/** How the student learns. */
export const trainSchema = z.strictObject({
  method: z.enum(METHOD_NAMES).default('winnow').describe('How the student learns.'),
  epochs: decided(z.int().min(1).max(100_000)).describe(
    'Passes over the pool, or over what the method draws of it; auto: by the size of the pool and the start.',
  ),
  batch: decided(z.int().min(2).max(8192)).describe(
    'Views in a step (winnow: two of each image; modul: of each set); auto: by the size of the pool and the start.',
  ),
  optimizer: z
    .enum(['auto', 'sgd', 'adamw', 'muon'])
    .default('auto')
    .describe(
      'auto: adamw for pretrained students, convnext and vit; muon for a ResNet by winnow, unless it begins as its whole teacher; else sgd. muon turns kernels of convolutions: more from few epochs.',
    ),
  learningRate: decided(z.number().positive().max(100)).describe(
    'Highest learning rate; `schedule` lowers it. auto: .1 with sgd and muon, .001 with adamw; less for pretrained students, those that begin as their whole teacher (sgd: .02) and smaller batches.',
  ),
  momentum: z.number().min(0).lt(1).default(0.9).describe('sgd, muon: share of the last step that the next one keeps.'),
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .default([0.9, 0.999])
    .describe('adamw: shares of the running means of gradients and of their squares that stay.'),
  epsilon: z.number().positive().max(1).default(1e-8).describe("adamw: added to the root of the squares' mean."),
  nesterov: z
    .boolean()
    .optional()
    .describe("Nesterov momentum; default: the method's own (winnow and winnow-1 have it)."),
  weightDecay: decided(z.number().min(0).max(1)).describe(
    'sgd: share of each weight that is added to its gradient (muon: where it does not turn); adamw: that times the rate is taken from it. auto: .0005, .01.',
  ),
  decayNorms: decided(z.boolean()).describe(
    'Whether biases and the scales and offsets of normalisations decay too; auto: not with adamw or a pretrained student.',
  ),
  headRate: decided(z.number().positive().max(1000)).describe(
    "Factor of the learning rate of the classifier and of a method's own modules.",
  ),
  layerDecay: decided(z.number().positive().max(1)).describe(
    'Factor of the learning rate for each stage further from the classifier, as in BEiT and timm.',
  ),
  batchNorm: z
    .enum(['auto', 'train', 'fixed-statistics', 'frozen'])
    .default('auto')
    .describe(
      'train: normalises by the batch. fixed-statistics: by running statistics, which stay as they began. frozen: scales and offsets stay too.',
    ),
  ema: decided(z.number().min(0).lt(1)).describe(
    'Decay of an average of the weights, which is measured and kept in place of the last ones; it warms up. 0: none.',
  ),
  startShare: decided(z.number().min(0).max(1)).describe(
    'Share of the weights that the student began with in those that are measured and kept (WiSE-FT); auto: .5 for pretrained students whose batch norm keeps its statistics and whose classifier did not begin at random, else 0.',
  ),
  schedule: z
    .enum(['auto', 'cosine', 'steps'])
    .default('auto')
    .describe(
      "How the learning rate falls; auto: the method's own way (modul steps, others cosine). steps: x 0.1 at .32, .48 and .64 of the epochs, as in the paper.",
    ),
  warmUp: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "Share of all steps in which the learning rate rises; default: the method's own (winnow .05, others 0), .1 for pretrained students.",
    ),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe('Where randomness starts: the same seed gives the same student.'),
  size: z
    .int()
    .min(8)
    .max(1024)
    .optional()
    .describe(
      "Side of the images that student and teacher see, pixels: the teacher's input size. Default: build.size.",
    ),
  settings: z
    .partialRecord(z.enum(METHOD_NAMES), z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])))
    .optional()
    .describe(
      "What differs from a method's own settings, by method: `{ kd: { temperature: 2 } }`. docs/method.md lists them.",
    ),
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
    .describe('Threads that draw images while the network computes. Does not change the result.'),
  pixelMemoryBytes: z
    .int()
    .min(0)
    .default(2_000_000_000)
    .describe('Decoded images up to this size are kept in memory; larger sets are read from disk.'),
});
