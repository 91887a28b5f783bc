import { IMAGE_FLAGS, RESIZE_POLICIES } from '@winnow/contracts';
import { z } from 'zod';
import { nameSchema } from './name-schema';

/** How images become a data set. */
export const buildSchema = z.strictObject({
  size: z.int().min(8).max(1024).default(32).describe('Side of the square images, pixels.'),
  resize: z
    .enum(RESIZE_POLICIES)
    .default('squash')
    .describe(
      'How an image becomes square: stretched, cut to its middle or to its most striking part, or padded with grey. keep: it does not; its shorter side becomes `size`.',
    ),
  format: z.enum(['jpeg', 'png']).default('jpeg').describe('Encoding within the shards.'),
  quality: z.int().min(1).max(100).default(95).describe('JPEG quality.'),
  shardSamples: z.int().min(1).max(1_000_000).default(1000).describe('Most images in a shard.'),
  shardBytes: z
    .int()
    .min(100_000)
    .max(8_000_000_000)
    .default(1_000_000_000)
    .describe('Largest shard, bytes; a single larger image still gets one of its own.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(64)])
    .default('auto')
    .describe('Threads that decode and encode. Does not change the result.'),
  classes: z.array(nameSchema).min(1).optional().describe('Only images of these classes; labels stay as they are.'),
  where: z
    .string()
    .trim()
    .min(1)
    .max(4000)
    .optional()
    .describe(
      'Only images for which this holds, such as `license in (cc0, by) and width >= 128`, or `kind = clean` after a split.',
    ),
  labels: z
    .enum(['given', 'decided', 'refined'])
    .default('given')
    .describe(
      'given: as collected; decided: those that people decided in their place; refined: also those of the split where it calls a label closed.',
    ),
  exclude: z
    .array(z.string().trim().min(1).max(500))
    .default([])
    .describe('Images to leave out: outcome:NAME, host:NAME or cluster:DIGEST of an image.'),
  holdout: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Images of which no copy may be in the data set, beside those of evaluate.test: folder per class, tar, CSV or build.',
    ),
  screens: z
    .strictObject({
      drop: z
        .array(z.enum(IMAGE_FLAGS))
        .default([])
        .describe('Flags for which an image is left out; the others only mark it.'),
      blurry: z.number().min(0).default(0.7).describe('Sharpness of edges below which an image is blurry.'),
      dark: z.number().min(0).max(1).default(0.4).describe('Luma of its brightest part below which it is dark.'),
      bright: z.number().min(0).max(1).default(0.55).describe('Luma of its darkest part above which it is bright.'),
      entropyBits: z.number().min(0).max(8).default(0.5).describe('Below it an image is flat (low_information).'),
      aspect: z.number().min(1).max(1000).default(3).describe('Longer over shorter side above which it is odd_aspect.'),
      side: z.int().min(1).max(10_000).default(32).describe('Shorter side, pixels, below which it is small.'),
      hosts: z
        .int()
        .min(2)
        .max(1000)
        .default(5)
        .describe('An image found on so many hosts under several classes is a placeholder.'),
    })
    .prefault({})
    .describe('What is flagged in an image, and what is dropped for it.'),
  dedupe: z
    .strictObject({
      mergeBits: z.int().min(0).max(31).default(15).describe('PDQ distance up to which two images are copies.'),
      sameClassMergeBits: z.int().min(0).max(31).default(31).describe('The same, within one class.'),
      confirmBelowPixels: z
        .int()
        .min(0)
        .max(100_000)
        .default(128)
        .describe('Near matches of images whose shorter side is below this are confirmed by their pixels.'),
      mirrors: z.boolean().default(true).describe('An image and its mirror image are copies too.'),
      similarity: z
        .number()
        .min(0.5)
        .max(1)
        .optional()
        .describe(
          'Cosine of the features that `winnow embed` stored above which two images are copies: finds crops, pads and turned copies. Without it that stage is left out.',
        ),
    })
    .prefault({})
    .describe('Which images are copies of each other; one of them is kept.'),
});
