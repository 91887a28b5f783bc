import { DUPLICATE_KINDS } from '@winnow/contracts';
import type { NextBuild, StudioDuplicates } from '@winnow/contracts';
import { listListingsOf } from '@winnow/db';
import type { BuildDecisions, DecisionLog } from '@winnow/review';
import { z } from 'zod';
import { scopeOf } from '../images/image-query';
import { capabilitySchema, noPicture, pictureParameters, sendPicture } from '../images/picture-routes';
import { sha256Schema } from '../images/image-routes';
import { commandFor } from '../project/next-step';
import type { RouteModule, StudioContext } from '../server/studio-context';
import { BuildPairs } from './build-pairs';
import { describeClusters, verdictOf } from './describe-clusters';
import { HeldOutFiles } from './held-out-files';
import type { FoundPair, PairLists, PairRow } from './pair-lists';

const MAX_ROWS = 60;
const RANGE = /^(\d*\.?\d*)-(\d*\.?\d*)$/;

const querySchema = z.object({
  b: z.string().max(100).optional(),
  kind: z.enum(DUPLICATE_KINDS).default('near'),
  /** `20-31`; of similar ones `.9-`. */
  distance: z
    .string()
    .max(40)
    .regex(RANGE, 'A distance is a range such as 20-31.')
    .transform((text) => RANGE.exec(text) ?? [])
    .transform(([, from = '', to = '']) => ({ from: Number(from), to: to === '' ? Infinity : Number(to) }))
    .optional(),
  undecided: z.enum(['', '0', '1']).default(''),
  from: z.coerce.number().int().min(0).default(0),
  count: z.coerce.number().int().min(1).max(MAX_ROWS).default(24),
});
type Query = z.infer<typeof querySchema>;

const scopeSchema = querySchema.pick({ b: true });
const pictureSchema = sha256Schema.extend({ capability: capabilitySchema });
/** A test image may become another under the same name. */
const SHORT_LIVED = 'private, max-age=300';

/** What a data set made of copies, conflicts and leaks, and what people say of them for the next one. */
export const duplicateRoutes: RouteModule = (server, context) => {
  const pairs = new BuildPairs(context);
  const heldOut = new HeldOutFiles(context.config, context.now);
  server.get('/api/duplicates', async (request): Promise<StudioDuplicates> => {
    const query = querySchema.parse(request.query);
    const { build } = await context.images.open(scopeOf({ b: query.b, s: undefined }));
    const lists = await pairs.lists(build.id);
    const [log, decided] = [await context.decisions.current(), await context.decisions.ofBuilds()];
    const testOf =
      query.undecided === '1' ? await testDigests(lists.rows[query.kind], decided, heldOut) : new Map<string, string>();
    const rows = wantedRows(lists, query, { log, decided, testOf });
    // A list of what is undecided gets shorter while it is gone through.
    const last = Math.floor(Math.max(0, rows.length - 1) / query.count) * query.count;
    const from = Math.min(query.from, last);
    const shown = rows.slice(from, from + query.count);
    const pairFacts = await factsOfPairs(shown, { context, lists, heldOut, query, log, decided });
    return {
      ...{ kind: query.kind, counts: lists.counts, same: lists.same, total: rows.length, from },
      clusters: describeClusters(shown, pairFacts),
      ...(pairFacts.isDatabaseAway && { isDatabaseAway: true as const }),
      next: await nextBuild(context),
    };
  });

  server.get('/pic/:capability/copy/:sha256', async (request, reply) => {
    const { sha256 } = await pictureParameters(pictureSchema, request.params, context);
    await requireCopy(sha256, request.query);
    return sendPicture(reply, 'jpeg', await context.originals.read(sha256));
  });
  server.get('/pic/:capability/leaked/:sha256', async (request, reply) => {
    const { sha256 } = await pictureParameters(pictureSchema, request.params, context);
    const lists = await requireCopy(sha256, request.query);
    const test = await heldOut.read(lists.leaks.get(sha256)?.kept ?? '');
    if (test === null) throw noPicture();
    return sendPicture(reply, 'jpeg', await context.originals.encode(test.bytes), SHORT_LIVED);
  });

  /** @throws WinnowError FILE_NOT_FOUND where the data set left out no such copy, or it was to be forgotten since */
  async function requireCopy(sha256: string, query: unknown): Promise<PairLists> {
    const { build } = await context.images.open(scopeOf({ b: scopeSchema.parse(query).b, s: undefined }));
    const lists = await pairs.lists(build.id);
    if (!lists.digests.has(sha256) || (await context.decisions.forgotten()).has(sha256)) throw noPicture();
    return lists;
  }
};

/** Digests of test images' bytes by id, of leaks that are in any pair of which people said something. */
async function testDigests(
  rows: readonly PairRow[],
  { pairs }: BuildDecisions,
  heldOut: HeldOutFiles,
): Promise<ReadonlyMap<string, string>> {
  const said = new Set([...pairs.values()].flatMap(({ sha256, otherSha256 }) => [sha256, otherSha256]));
  const digests = new Map<string, string>();
  for (const { kept, pair } of rows) {
    if (pair?.outcome !== 'leak' || !said.has(pair.sha256) || digests.has(kept)) continue;
    const test = await heldOut.read(kept);
    if (test !== null) digests.set(kept, test.sha256);
  }
  return digests;
}

interface Said {
  readonly log: DecisionLog;
  readonly decided: BuildDecisions;
}

function wantedRows(
  lists: PairLists,
  { kind, distance, undecided }: Query,
  said: Said & { readonly testOf: ReadonlyMap<string, string> },
): readonly PairRow[] {
  const isNear = ({ distanceBits, similarity }: FoundPair): boolean => {
    const value = distanceBits ?? similarity;
    return distance === undefined || (value !== null && value >= distance.from && value <= distance.to);
  };
  const isSaid = ({ kept, pair }: PairRow): boolean => {
    if (pair?.outcome === 'leak') {
      const test = said.testOf.get(kept);
      return test !== undefined && verdictOf(said.decided, pair.sha256, test) !== null;
    }
    if (kind === 'conflicts' && said.log.decisionOf(kept).truth !== null) return true;
    return said.decided.leftOut.has(kept) || (pair !== null && verdictOf(said.decided, pair.sha256, kept) !== null);
  };
  return lists.rows[kind].filter(
    (row) => (row.pair === null ? distance === undefined : isNear(row.pair)) && (undecided !== '1' || !isSaid(row)),
  );
}

interface FactsSource extends Said {
  readonly context: StudioContext;
  readonly lists: PairLists;
  readonly heldOut: HeldOutFiles;
  readonly query: Query;
}

async function factsOfPairs(rows: readonly PairRow[], { context, lists, heldOut, query, log, decided }: FactsSource) {
  const { config, database, images } = context;
  const isLeaks = query.kind === 'leaks';
  const tests = new Map(
    isLeaks ? await Promise.all(rows.map(async ({ kept }) => [kept, await heldOut.read(kept)] as const)) : [],
  );
  const digests = rows.flatMap(({ kept, pair }) => [
    ...(isLeaks ? [] : [kept]),
    ...(pair === null ? [] : [pair.sha256]),
  ]);
  const { lists: columns } = await images.open(scopeOf({ b: query.b, s: undefined }));
  const { given } = columns.columns;
  const listings = await database.useIfThere((db) => listListingsOf(db, config.name, [...new Set(digests)]));
  return {
    isDatabaseAway: listings === null,
    ...{ lists, tests, decided, log },
    listings: listings ?? new Map<string, never>(),
    forgotten: await context.decisions.forgotten(),
    labelOf: (sha256: string) => config.classes[given[columns.rowsOf(sha256)[0] ?? -1] ?? -1]?.name ?? '',
  };
}

/** Decisions that the newest data set does not follow; without one, all. */
async function nextBuild({ facts, decisions, projectFile }: StudioContext): Promise<NextBuild> {
  const [newest] = (await facts.read()).builds;
  const found = await decisions.sinceBuild(newest ?? NO_BUILD);
  return { ...found, command: commandFor('build', projectFile) };
}

const NO_BUILD = { id: '', usedAt: new Date(0), lastDecision: 0 };
