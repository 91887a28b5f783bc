import { z } from 'zod';

/**
 * How an image gets the size of a data set: stretched to a square (`squash`), cut to the square in the middle (`cover`)
 * or to that which draws the eye (`attention`: edges, strong colours and skin), padded with grey to a square
 * (`letterbox`), or scaled until its shorter side has that size (`keep`).
 */
export const RESIZE_POLICIES = ['squash', 'cover', 'attention', 'letterbox', 'keep'] as const;
export type ResizePolicy = (typeof RESIZE_POLICIES)[number];

export const resizePolicySchema = z.enum(RESIZE_POLICIES);
