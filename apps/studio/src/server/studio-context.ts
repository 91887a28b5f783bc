import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ProjectConfig } from '@winnow/config';
import type { StudioDecisions } from '../decisions/studio-decisions';
import type { OriginalPictures } from '../images/original-pictures';
import type { StudioImages } from '../images/studio-images';
import type { MeasurePlans } from '../measure/measure-plans';
import type { ProjectFacts } from '../project/project-facts';
import type { EventStream } from './event-stream';
import type { StudioDatabase } from './studio-database';
import type { StudioKeys, StudioPerson } from './studio-keys';

/** What every area of the studio works with. */
export interface StudioContext {
  readonly config: ProjectConfig;
  /** Of the project file, as the command was given it: for commands to copy. */
  readonly projectFile: string;
  readonly database: StudioDatabase;
  /** Whose keys there are; addresses of images have a capability of them. */
  readonly keys: StudioKeys;
  /** What data sets, splits and figures there are. */
  readonly facts: ProjectFacts;
  /** Data sets and splits as columns; decisions are told to it. */
  readonly images: StudioImages;
  /** Their originals, as they may be shown. */
  readonly originals: OriginalPictures;
  /** What people said of images. */
  readonly decisions: StudioDecisions;
  /** By which images splits are measured. */
  readonly plans: MeasurePlans;
  /** Says to all open pages in what something changed. */
  readonly events: EventStream;
  /** No step may be started and nothing decided: refused before a route is reached. */
  readonly isReadOnly: boolean;
  readonly now: () => Date;
  /** Aborted when the studio ends. */
  readonly signal: AbortSignal;
  /** One line for the person at the terminal. */
  log(line: string): void;
  /** Of a request below /api/. */
  personOf(request: FastifyRequest): StudioPerson;
}

/**
 * Registers the routes of one area; each is a folder beside this one. Below /api/ a route is reached with a key only, and
 * what is no GET by owners only, unless it says `config: { isForReviewers: true }`. A WinnowError that a route throws, or an
 * error of zod, is answered as JSON with the right status.
 */
export type RouteModule = (server: FastifyInstance, context: StudioContext) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reviewers may do this, too: decide. */
    readonly isForReviewers?: boolean;
    /** A question whose words are too long for an address: for everybody with a key, with --read-only too. */
    readonly changesNothing?: boolean;
  }
}
