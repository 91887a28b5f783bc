import { channel } from 'node:diagnostics_channel';

/** What happens in this process, for whoever measures it: publishing to nobody costs nothing. */
export interface Observation<T> {
  publish(happened: T): void;
  /** @returns ends that */
  subscribe(listener: (happened: T) => void): () => void;
}

/** By a name of `node:diagnostics_channel`. */
function observation<T extends object>(name: string): Observation<T> {
  const told = channel(name);
  return {
    publish: (happened) => {
      if (told.hasSubscribers) told.publish(happened);
    },
    subscribe(listener) {
      const onMessage = (message: unknown): void => listener(message as T);
      told.subscribe(onMessage);
      return () => void told.unsubscribe(onMessage);
    },
  };
}

/** A request to a store, its repetitions by the client included. */
export interface StoreRequest {
  readonly op: 'put' | 'get' | 'head' | 'list' | 'remove';
  /** HTTP status; `none` where no answer came. */
  readonly code: string;
  readonly seconds: number;
  /** Sent or received as an object. */
  readonly bytes: number;
  /** Times that it was sent again. */
  readonly retries: number;
}

export const STORE_REQUESTS = observation<StoreRequest>('winnow:store-request');

/** A job that a worker had under way. */
export interface JobEnd {
  readonly kind: string;
  /** `left`: another worker may have what this one lacks; `broken_off`: given back, or taken by another. */
  readonly outcome: 'done' | 'failed' | 'left' | 'broken_off';
  readonly seconds: number;
  /** It was begun before, by whomever. */
  readonly isRetry: boolean;
}

export const JOB_ENDS = observation<JobEnd>('winnow:job-end');

/** What came of fetching a URL, once that is stored. */
export interface FetchEnd {
  readonly outcome: string;
  /** Of the file that was stored; 0 without one. */
  readonly bytes: number;
}

export const FETCH_ENDS = observation<FetchEnd>('winnow:fetch-end');

/** A heartbeat of a worker that reached the database. */
export const HEARTBEATS = observation<{ readonly workerId: string }>('winnow:heartbeat');
