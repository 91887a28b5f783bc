import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RgbImage } from '@winnow/imaging';
import type { OddEncoders } from './odd-files';

/** One request as an image host sees it. @public: types of exported tables name it */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How often this URL was asked for, this time included. */
  readonly attempt: number;
  /** Counts crawls of the same project, from 1. */
  readonly round: number;
}

export type Response = (visit: Visit) => void;

/** One listed image. */
export interface Location {
  /** Names it within its behaviour. */
  readonly variant: string;
  /** As a sound crawler spells it; null where it takes the listed one for no URL. */
  readonly url: string | null;
  /** Spellings in the listing; default: the URL. */
  readonly listed?: readonly string[];
  /** Which of the two classes lists it; default 0. */
  readonly classIndex?: 0 | 1;
  /** Elements in the head of the page that shows it. */
  readonly pageHead?: string;
  readonly response: Response;
}

export interface Behaviour {
  readonly locations: readonly Location[];
  /** What else its hosts answer, by URL. */
  readonly others?: Readonly<Record<string, Response>>;
}

/** What behaviours are made of. */
export interface BehaviourWorld {
  /** A new image by its name: the same name gives the same image. */
  image(name: string): RgbImage;
  readonly encoders: OddEncoders;
  /** A listener on 127.0.0.1 and, where there is IPv6, [::1] that nobody must connect to. */
  readonly canaryPort: number;
}

/** Of the image host that most behaviours share, or of another one. */
export function locationUrl(id: string, file: string, host = 'img.fixture.test'): string {
  return `http://${host}/b/${id}/${file}`;
}

/** The page that shows an image. */
export function pageUrlOf(id: string, variant: string): string {
  return `http://page.fixture.test/${id}/${variant}`;
}
