import { z } from 'zod';

/** A class or project name becomes part of file names and tables. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  // None may turn the text around it or hide in it; joiners (200C, 200D) belong to the spelling of some languages.
  .regex(
    /^(?:[\u200c\u200d]|[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\])+$/u,
    'must not hold slashes, control characters or invisible characters',
  )
  .refine((name) => name !== '.' && name !== '..', 'must not be . or ..');
