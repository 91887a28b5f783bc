import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type {
  DecisionsStored,
  DuplicateKind,
  StudioDuplicates,
  StudioProject as StudioProjectAnswer,
} from '@winnow/contracts';
import { forgetImages, markBuildUsed } from '@winnow/db';
import { decodeImage } from '@winnow/imaging';
import { readDataset } from '@winnow/shards';
import { HELD_OUT, LEAKED_TEST, plantedBits } from '../spec-support/planted-copies';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
let ids = 0;

describe('copies of a data set in the studio', () => {
  let project: StudioProject;
  let studio: StudioUnderTest;
  beforeAll(async () => {
    studio = await openNewStudio({ count: 18, hasCopies: true });
    ({ project } = studio);
  });
  afterAll(async () => {
    await studio.close();
  });

  const list = async (query: string): Promise<StudioDuplicates> => {
    const { status, body } = await studio.ask(`/api/duplicates?${query}`);
    expect([status, body]).toEqual([200, expect.anything()]);
    return body as StudioDuplicates;
  };
  const pairsOf = ({ clusters }: StudioDuplicates) => clusters.flatMap(({ pairs }) => pairs);
  const say = async (says: string, sha256: string, otherSha256?: string, key?: string) => {
    ids += 1;
    const line = { id: uuid(ids), batch: uuid(ids), sha256, otherSha256, says, origin: 'one' };
    const more = key === undefined ? {} : { key };
    const answer = await studio.ask('/api/decisions', { method: 'POST', body: { decisions: [line] }, ...more });
    return { status: answer.status, ...(answer.body as Partial<DecisionsStored>) };
  };
  const undo = async () => {
    ids += 1;
    await studio.ask('/api/undo', { method: 'POST', body: { id: uuid(ids) } });
  };

  it('are all there: the twelve near ones with what is at its limit first, page by page, by distance', async () => {
    const found = await list('kind=near');
    expect(found.clusters).toHaveLength(12);
    expect(found.clusters.map(({ kept }) => kept?.sha256)).toEqual(project.digests.slice(0, 12));
    expect(pairsOf(found).map(({ copy }) => copy.sha256)).toEqual(project.copies.slice(0, 12));
    expect(pairsOf(found).map(({ distanceBits }) => distanceBits)).toEqual(
      Array.from({ length: 12 }, (_, index) => plantedBits(index)),
    );
    expect(found.clusters[0]).toMatchObject({ title: 'cat', size: 2, votes: [], isLeftOut: false });
    expect(pairsOf(found)[0]).toMatchObject({ copy: { classes: ['cat'], licenses: [] }, isSame: false, verdict: null });
    const second = await list('kind=near&from=5&count=5');
    expect([second.total, second.from, pairsOf(second).map(({ copy }) => copy.sha256)]).toEqual([
      ...[12, 5],
      project.copies.slice(5, 10),
    ]);
    const behind = await list('kind=near&from=40&count=5');
    expect([behind.from, pairsOf(behind).length]).toEqual([10, 2]);
    expect(pairsOf(await list('distance=27-31')).map(({ distanceBits }) => distanceBits)).toEqual([31, 29, 27]);
    expect((await studio.ask('/api/duplicates?distance=near')).status).toBe(400);
  });

  it('are told apart by kind, with the votes of a conflict and where a leak leads', async () => {
    const similar = await list('kind=similar');
    expect(pairsOf(similar)).toMatchObject([{ copy: { sha256: project.copies[12] }, similarity: 0.91 }]);
    const conflicts = await list('kind=conflicts');
    const votes = [{ className: 'fox', count: 2 }];
    expect(conflicts.clusters).toMatchObject([{ kept: { sha256: project.digests[11] }, title: 'fox', votes }]);
    const leaks = await list('kind=leaks');
    const bytes = readFileSync(path.join(project.config.paths.root, HELD_OUT, LEAKED_TEST));
    expect(leaks.clusters).toMatchObject([
      {
        title: LEAKED_TEST,
        kept: { sha256: createHash('sha256').update(bytes).digest('hex'), classes: ['cat'] },
        pairs: [{ copy: { sha256: project.copies[14] }, outcome: 'leak', distanceBits: 12, verdict: null }],
      },
    ]);
  });

  it('are as many as dataset.json and the exclusions say', async () => {
    const { counts, same } = await list('');
    const { conflicting, copies, samples } = await readDataset(path.join(project.config.paths.builds, project.buildId));
    const { rows } = await studio.context.database.use((_, { executeSql }) =>
      executeSql(`
        select outcome, count(*)::integer as pairs, count(distinct kept_sha256)::integer as clusters
        from exclusions group by outcome`),
    );
    const ofOutcome = (outcome: string) => rows.find((row) => row['outcome'] === outcome);
    const figures = (outcome: string) => ({
      clusters: ofOutcome(outcome)?.['clusters'],
      pairs: ofOutcome(outcome)?.['pairs'],
    });
    expect([counts.near, counts.similar]).toEqual([figures('duplicate_near'), figures('duplicate_similar')]);
    expect([counts.leaks.pairs, same]).toEqual([
      ofOutcome('leak')?.['pairs'],
      ofOutcome('duplicate_pixels')?.['pairs'],
    ]);
    expect(counts.conflicts.clusters).toBe(conflicting);
    expect(counts.near.pairs + counts.similar.pairs + same).toBe(copies - samples);
    const sums: Partial<Record<DuplicateKind, number>> = {};
    for (const kind of ['near', 'similar', 'conflicts', 'leaks'] as const)
      sums[kind] = pairsOf(await list(`kind=${kind}`)).length;
    expect(sums).toEqual(Object.fromEntries(Object.entries(counts).map(([kind, { pairs }]) => [kind, pairs])));
  });

  it('are decided by anybody, told for the next build, and undone', async () => {
    const [kept, copy] = [project.digests[0] as string, project.copies[0] as string];
    const ben = await studio.keyOf('Ben', 'reviewer');
    const first = async () => pairsOf(await list(''))[0]?.verdict;
    await say('not-a-copy', copy, kept);
    expect(await first()).toEqual({ says: 'not-a-copy', keptSha256: null, person: 'Anna' });
    await say('keep', copy, kept, ben);
    expect(await first()).toEqual({ says: 'keep', keptSha256: copy, person: 'Ben' });
    await say('same', project.copies[1] as string, project.digests[1]);
    await say('leave-out', project.digests[2] as string);
    const { next, clusters } = await list('');
    expect(next).toEqual({ pairs: 1, kept: 1, leftOut: 1, takenBack: 0, command: 'winnow build p.yaml' });
    expect(clusters[2]).toMatchObject({ isLeftOut: true });
    expect(pairsOf(await list('undecided=1'))).toHaveLength(9);
    const builds = async (lastDecision: number) => {
      await studio.context.database.use((db) => markBuildUsed(db, { id: project.buildId, project: 'p', lastDecision }));
      await studio.context.facts.renew();
      return (await list('')).next;
    };
    const { last } = await studio.context.decisions.current();
    // The image was left out while the build ran, which came to its end later.
    expect(await builds(last - 1)).toMatchObject({ pairs: 0, kept: 0, leftOut: 1, takenBack: 0 });
    expect(((await studio.ask('/api/project')).body as StudioProjectAnswer).next.title).toBe('Build again');
    expect(await builds(last)).toMatchObject({ pairs: 0, kept: 0, leftOut: 0, takenBack: 0 });
    await undo();
    expect((await list('')).next).toMatchObject({ leftOut: 0, takenBack: 1 });
    const images = (await studio.ask('/api/images?count=3')).body;
    expect(images).toMatchObject({ tiles: [{ state: 'none' }, { state: 'none' }, { state: 'none' }] });
    const [leak] = (await list('kind=leaks')).clusters;
    // Of another pair: whether this one is a leak is not decided by it.
    await say('not-a-copy', project.copies[14] as string, project.digests[3]);
    expect((await list('kind=leaks&undecided=1')).total).toBe(1);
    await say('not-a-copy', project.copies[14] as string, leak?.kept?.sha256);
    expect((await list('kind=leaks')).clusters[0]?.pairs[0]?.verdict).toMatchObject({ says: 'not-a-copy' });
    expect((await list('kind=leaks&undecided=1')).total).toBe(0);
    expect((await say('sister', copy, kept)).status).toBe(400);
    expect((await say('same', copy, copy)).status).toBe(400);
  });

  it('are shown by bytes of our own encoding, and no more once they were forgotten', async () => {
    const { capability } = (await studio.ask('/api/project')).body as { readonly capability: string };
    const picture = (size: string, sha256: string) => studio.ask(`/pic/${capability}/${size}/${sha256}`);
    const [near, leaked, kept] = [project.copies[5], project.copies[14], project.digests[0]] as [
      string,
      string,
      string,
    ];
    for (const [size, sha256] of [
      ['copy', near],
      ['copy', leaked],
      ['leaked', leaked],
    ] as const) {
      const { status, headers, bytes } = await picture(size, sha256);
      expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
      expect((await decodeImage(bytes, { maxPixels: 1e6, minSide: 1, maxAspectRatio: 9 })).ok).toBe(true);
    }
    expect((await picture('copy', kept)).status).toBe(404);
    expect((await picture('leaked', near)).status).toBe(404);
    expect((await studio.ask(`/pic/${'x'.repeat(43)}/copy/${near}`)).status).toBe(404);
    await studio.context.database.use((db) => forgetImages(db, 'p', { urls: [], hosts: [], digests: [near] }));
    expect((await picture('copy', near)).status).toBe(404);
    expect(pairsOf(await list(''))[5]?.copy).toEqual({ sha256: near, classes: [], licenses: [], isForgotten: true });
  });
});
