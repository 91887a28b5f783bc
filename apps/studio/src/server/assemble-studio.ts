import type { FastifyInstance } from 'fastify';
import type { ProjectConfig } from '@winnow/config';
import type { CommandIo } from '@winnow/contracts';
import { blobPlace, originalsOf } from '@winnow/store';
import { StudioDecisions } from '../decisions/studio-decisions';
import { OriginalPictures } from '../images/original-pictures';
import { StudioImages } from '../images/studio-images';
import { ProjectFacts } from '../project/project-facts';
import { MeasurePlans } from '../measure/measure-plans';
import { createStudioServer } from './create-server';
import { EventStream } from './event-stream';
import type { PageFiles } from './static-page';
import type { StudioContext } from './studio-context';
import { openStudioDatabase } from './studio-database';
import { StudioKeys } from './studio-keys';

export interface StudioParts {
  readonly config: ProjectConfig;
  /** The project file as it was given. */
  readonly projectFile: string;
  readonly page: PageFiles;
  readonly isReadOnly: boolean;
}

/** A studio that listens to nobody yet. */
export interface Studio {
  readonly server: FastifyInstance;
  readonly context: Omit<StudioContext, 'personOf'>;
  /** Ends answers, streams and the database's connection. */
  close(): Promise<void>;
}

/** Puts a project's studio together; opens nothing. */
export function assembleStudio(
  { config, projectFile, page, isReadOnly }: StudioParts,
  { log, signal }: Pick<CommandIo, 'log' | 'signal'>,
): Studio {
  const now = (): Date => new Date();
  const database = openStudioDatabase(config, { log, signal });
  const events = new EventStream();
  const facts = new ProjectFacts(config, database, events, now);
  // Another command may have made a data set or a split: pages are told.
  events.atHeartbeat(() => void facts.read().catch(() => undefined));
  const images = new StudioImages({ config, database, facts, log, signal });
  const decisions = new StudioDecisions({ config, database, images, events, now });
  const plans = new MeasurePlans({ config, database, images });
  const keys = new StudioKeys(config.paths.state);
  // Another process may have taken keys away.
  events.atHeartbeat(() => void keys.capabilities().then((known) => events.keepOnly(known), () => undefined)); // prettier-ignore
  const context = {
    config,
    projectFile,
    database,
    keys,
    facts,
    images,
    originals: new OriginalPictures(originalsOf(blobPlace(config)), signal),
    decisions,
    plans,
    events,
    isReadOnly,
    now,
    signal,
    log,
  };
  const server = createStudioServer({ page, context });
  return {
    server,
    context,
    async close() {
      events.close();
      await server.close();
      await Promise.all([images.close(), database.close()]);
    },
  };
}
