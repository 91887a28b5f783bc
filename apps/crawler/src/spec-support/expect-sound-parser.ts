import fc from 'fast-check';
import { RESPONSE_CLASSES } from '@winnow/contracts';
import type { Engine, ResponseMeta } from '../engines/engine';

/** Checks that a parser never throws and gives http(s) hits only, whatever the body: random texts and broken samples. */
export function expectSoundParser(engine: Engine, samples: readonly string[]): void {
  const broken = fc
    .tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(), fc.string())
    .map(([sample, at, length, insert]) => {
      const start = at % (sample.length + 1);
      return sample.slice(0, start) + insert + sample.slice(start + (length % 40));
    });
  const body = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), broken);
  const meta: fc.Arbitrary<ResponseMeta> = fc.record({
    status: fc.constantFrom(200, 202, 302, 403, 429, 503),
    headers: fc.constant({}),
    url: fc.oneof(fc.webUrl(), fc.string()),
    query: fc.string(),
  });
  fc.assert(
    fc.property(body, meta, (text, facts) => {
      const page = engine.parse(text, facts);
      return (
        (page.class === 'token' || RESPONSE_CLASSES.includes(page.class)) &&
        page.hits.every(({ imageUrl }) => /^https?:\/\//i.test(imageUrl) && URL.canParse(imageUrl)) &&
        (page.class === 'ok') === page.hits.length > 0
      );
    }),
    { numRuns: 200, seed: 1 },
  );
}
