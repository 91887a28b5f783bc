import { z } from 'zod';

/** How a network wants its pixels: `(value scaled to range - mean) / std`, RGB. */
export const inputSpecSchema = z.strictObject({
  /** Side of the square input, pixels. */
  size: z.int().min(8).max(1024),
  /** Where 0..255 is mapped to before normalisation. */
  range: z.tuple([z.number(), z.number()]),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
});

export type InputSpec = Readonly<z.infer<typeof inputSpecSchema>>;
