import { z } from 'zod';

/** A class or project name becomes part of file names and tables. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}/\\]+$/u, 'must not hold slashes or control characters')
  .refine((name) => name !== '.' && name !== '..', 'must not be . or ..');
