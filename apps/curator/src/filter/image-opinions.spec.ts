import type { DecisionLogLine } from '@winnow/contracts';
import { DecisionLog } from '@winnow/review';
import { imageOpinions } from './image-opinions';
import type { OpinionSources } from './image-opinions';

const digestOf = (digit: number): string => String(digit).repeat(64);
const [kept, copy, other] = [digestOf(1), digestOf(2), digestOf(3)] as [string, string, string];
const classes = ['cat', 'dog'].map((name) => ({ name, queries: [] }));

/** @param said image, person and what they say of it, in turn */
function opinionsOf(
  said: readonly (readonly [sha256: string, person: string, says: string])[],
  {
    rows = [],
    decisions = true,
  }: { readonly rows?: OpinionSources['decisions']['rows']; readonly decisions?: boolean },
) {
  const nothing = { otherSha256: null, plan: null, chance: null, shown: null, note: null, settles: false };
  const lines = said.map(([sha256, person, says], at): DecisionLogLine => {
    const about = { seq: at + 1, id: `${at}`, batch: `${at}`, at: '', origin: 'one' as const };
    return { ...nothing, ...about, sha256, person, says };
  });
  const originals = [kept, copy, other].map((sha256) => ({ sha256, provenance: [] }));
  const folded = [{ sha256: copy, keptSha256: kept }];
  const log = new DecisionLog(lines, ['cat', 'dog']);
  const split = { decisions } as Parameters<typeof imageOpinions>[0]['split'];
  return imageOpinions({ classes, split }, { decisions: { file: 'f', rows }, log, originals, folded });
}

describe('what people say of originals', () => {
  it('names whose decision counts, and nobody for a line of a file', () => {
    const row = { picture: other, className: 'cat', line: 2, cells: [] };
    const said = [[other, 'Anna', 'class:dog']] as const;
    const ofFile = opinionsOf(said, { rows: [row], decisions: false });
    expect([...ofFile]).toEqual([[other, { state: 'decided', people: [] }]]);
    const both = [...said, [other, 'Ben', 'unsure']] as const;
    const ofLog = opinionsOf(both, { rows: [{ ...row, className: 'dog', line: 0, by: ['Anna'] }] });
    expect(ofLog.get(other)).toEqual({ state: 'decided', people: ['Anna'] });
  });

  it('holds for an image what is left open of its copy alone', () => {
    const unsure = opinionsOf([[copy, 'Anna', 'unsure']], {});
    expect([unsure.get(kept), unsure.get(copy), unsure.get(other)]).toEqual([
      { state: 'unsure', people: ['Anna'] },
      { state: 'unsure', people: ['Anna'] },
      undefined,
    ]);
    const disputed = [[copy, 'Anna', 'class:cat'], [copy, 'Ben', 'open']] as const; // prettier-ignore
    expect(opinionsOf(disputed, {}).get(kept)).toEqual({ state: 'disputed', people: ['Anna', 'Ben'] });
    expect(opinionsOf([...disputed, [kept, 'Cleo', 'unsure']], {}).get(copy)).toEqual({ state: 'unsure', people: ['Cleo'] }); // prettier-ignore
    expect(opinionsOf(disputed, { decisions: false }).size).toBe(0);
  });
});
