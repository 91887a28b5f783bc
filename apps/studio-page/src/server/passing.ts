import { StudioError } from './client';

/** For queries: what passes by itself, a data set that is read for the first time or a database that is away, is asked again. */
export const WHILE_PASSING = {
  retry: (_count: number, error: Error): boolean => error instanceof StudioError && error.status === 503,
  retryDelay: 1000,
};
