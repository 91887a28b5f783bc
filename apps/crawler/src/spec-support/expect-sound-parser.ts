import fc from 'fast-check';
import { parseUrl, RESPONSE_CLASSES } from '@winnow/contracts';
import type { Engine, ResponseMeta } from '../engines/engine';
import { mutateResponse } from './mutate-answer';

/** A page of 50 kB takes some 10 ms each time; for longer there are WINNOW_MUTATIONS and `node tools/fuzz.mjs`. */
const MUTATIONS = Number(process.env['WINNOW_MUTATIONS'] ?? 500);
const RANDOM_BODIES = 200;

/**
 * Checks that a parser never throws and gives http(s) hits only, whatever the body: random texts, and changed
 * samples, of which at least half must still give hits. Samples without hits, such as tokens, are changed too, but
 * not counted.
 */
export function expectSoundParser(engine: Engine, samples: readonly string[]): void {
  const { url } = engine.request({
    text: 'tabby cat',
    cursor: null,
    filters: { licenses: 'any', safe: 'strict' },
    apiKey: 'key',
  });
  const usual: ResponseMeta = { status: 200, headers: {}, url, query: 'tabby cat' };
  const anyMeta: fc.Arbitrary<ResponseMeta> = fc.record({
    status: fc.constantFrom(200, 202, 302, 403, 429, 503),
    headers: fc.constant({}),
    url: fc.oneof(fc.webUrl(), fc.string()),
    query: fc.string(),
  });
  const anyBody = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  fc.assert(
    fc.property(anyBody, anyMeta, (body, meta) => soundHits(engine, body, meta) !== undefined),
    { numRuns: RANDOM_BODIES, seed: 1 },
  );
  const full = samples.filter((sample) => engine.parse(sample, usual).hits.length > 0);
  expect(full).not.toEqual([]);
  for (const sample of samples) {
    if (!full.includes(sample)) expectSoundMutations(engine, [sample], { meta: usual, count: RANDOM_BODIES });
  }
  const withHits = expectSoundMutations(engine, full, { meta: usual, count: MUTATIONS });
  expect(withHits).toBeGreaterThanOrEqual(MUTATIONS / 2);
}

/** How many of the changed samples give hits. */
function expectSoundMutations(
  engine: Engine,
  samples: readonly string[],
  { meta, count }: { readonly meta: ResponseMeta; readonly count: number },
): number {
  const mutation = fc.record({
    sample: fc.constantFrom(...samples),
    // Numbers from the whole range, not the small ones that are tried first otherwise.
    throws: fc.array(fc.noBias(fc.nat()), { minLength: 12, maxLength: 12 }),
    insert: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', "'", '&quot;', '<', '\\', '&#0;', '😺', '')),
  });
  let withHits = 0;
  fc.assert(
    fc.property(mutation, ({ sample, throws, insert }) => {
      let at = 0;
      const dice = (): number => {
        at += 1;
        return (throws[at % throws.length] as number) + at;
      };
      const hits = soundHits(engine, mutateResponse(sample, { dice, insert }), meta);
      if (hits !== undefined && hits > 0) withHits += 1;
      return hits !== undefined;
    }),
    { numRuns: count, seed: 2 },
  );
  return withHits;
}

/** How many hits there are; undefined when the page breaks a promise. */
function soundHits(engine: Engine, body: string, meta: ResponseMeta): number | undefined {
  const page = engine.parse(body, meta);
  const isSound =
    (page.class === 'token' || RESPONSE_CLASSES.includes(page.class)) &&
    page.hits.every(({ imageUrl }) => /^https?:\/\//i.test(imageUrl) && parseUrl(imageUrl) !== undefined) &&
    (page.class === 'ok') === page.hits.length > 0;
  return isSound ? page.hits.length : undefined;
}
