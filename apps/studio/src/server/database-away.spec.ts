import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type {
  Decision,
  DecisionsSince,
  ImageDetail,
  ImageWindow,
  ReviewQueue,
  StudioDuplicates,
  StudioHandover,
  StudioMeasure,
  StudioViews,
  StudioProject as StudioProjectAnswer,
} from '@winnow/contracts';
import { databasesUnderTest } from '@winnow/db/testing';
import { makeOwnDatabase } from '../spec-support/own-database';
import type { OwnDatabase } from '../spec-support/own-database';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const [server] = databasesUnderTest(process.env).filter(({ name }) => name === 'postgres');

/** Between studio and server; while it is stopped it takes what is sent, as a stopped server's machine does, and nothing comes back. */
class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isStopped = false;

  constructor(to: URL) {
    this.#server = createServer((from) => {
      const onward = connect(Number(to.port), to.hostname);
      for (const [one, other] of [
        [from, onward],
        [onward, from],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one));
        if (this.#isStopped) one.pause();
      }
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#isStopped = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isStopped = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

(server?.available === true ? describe : describe.skip)('while the database does not answer', () => {
  let database: OwnDatabase;
  let relay: Relay;
  let project: StudioProject;
  let studio: StudioUnderTest;
  beforeAll(async () => {
    database = await makeOwnDatabase(server?.url);
    const url = new URL(database.url as string);
    relay = new Relay(new URL(url));
    url.hostname = '127.0.0.1';
    url.port = String(await relay.listen());
    project = await writeStudioProject({ databaseUrl: url.href, count: 18, hasCopies: true });
    studio = await openStudio(project);
  });
  afterAll(async () => {
    relay.resume();
    await studio.close();
    relay.close();
    project.remove();
    await database.drop();
  });

  const ask = async <Answer>(address: string): Promise<Answer> => {
    const { status, body } = await studio.ask(address);
    expect([address, status]).toEqual([address, 200]);
    return body as Answer;
  };
  const decide = (index: number): Decision => {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return { id, batch: id, sha256: project.digests[index] as string, says: 'open', origin: 'one' };
  };
  const post = async (address: string, body: object) => (await studio.ask(address, { method: 'POST', body })).status;
  const send = (decision: Decision) => post('/api/decisions', { decisions: [decision] });

  it('reading goes on, and decisions wait and are stored once', async () => {
    const first = project.digests[0] as string;
    expect(await send(decide(0))).toBe(200);
    const plan = { halfWidth: 0.25, kinds: ['clean'], isBlind: true };
    expect(await post('/api/measure/plan', plan)).toBe(200);
    const { plan: planned } = await ask<StudioMeasure>('/api/measure');
    await ask<ReviewQueue>('/api/review/doubt');
    expect((await ask<ImageDetail>(`/api/images/${first}`)).listings).toHaveLength(1);

    expect(await ask<StudioDuplicates>('/api/duplicates')).not.toHaveProperty('isDatabaseAway');
    await ask<StudioHandover>('/api/handover');

    relay.stop();
    expect(await Promise.all([decide(1), decide(2), decide(1)].map(send))).toEqual([503, 503, 503]);
    expect((await ask<ImageWindow>('/api/images?kind=clean&sort=doubt')).total).toBe(6);
    await ask('/api/facets?given=cat');
    const detail = await ask<ImageDetail>(`/api/images/${first}`);
    expect(detail).toMatchObject({ isDatabaseAway: true, listings: [], width: 80, history: [{ says: 'open' }] });
    expect((await ask<ReviewQueue>('/api/review/doubt')).images.length).toBeGreaterThan(0);
    await ask('/api/measure');
    await ask('/api/sheets');
    await ask('/api/project');
    const { clusters, isDatabaseAway } = await ask<StudioDuplicates>('/api/duplicates');
    expect([clusters.length, isDatabaseAway]).toEqual([12, true]);
    const { count, remarks } = await ask<StudioHandover>('/api/handover');
    expect([count, remarks[0]]).toEqual([6, 'The database is away: this is as it was when it last answered.']);
    const { capability } = await ask<StudioProjectAnswer>('/api/project');
    expect((await studio.ask(`/pic/${capability}/copy/${String(project.copies[0])}`)).status).toBe(200);
    // What was never read says what to do, and pages ask again.
    for (const address of ['/api/crawl', '/api/crawl/fetches?outcome=stored']) {
      const { status, body } = await studio.ask(address);
      expect([address, status, body]).toMatchObject([
        address,
        503,
        { error: { next: expect.stringContaining('goes on by itself') as string } },
      ]);
    }

    // Of what writes or takes long nothing is begun.
    expect((await studio.ask('/api/list')).status).toBe(503);
    const view = { name: 'a view', address: '/pictures?kind=clean' };
    const csv = 'key,true\n';
    for (const [address, body] of [
      ['/api/views', view],
      ['/api/list', { name: 'list.csv', csv }],
      ['/api/undo', { id: decide(3).id }],
      ['/api/measure/plan', { ...plan, halfWidth: 0.05 }],
    ] as const) {
      expect([address, await post(address, body)]).toEqual([address, 503]);
    }

    relay.resume();
    await studio.context.database.use((_db, { executeSql }) => executeSql('select 1'));
    // A page sends the same lines again.
    expect(await Promise.all([decide(1), decide(2), decide(1)].map(send))).toEqual([200, 200, 200]);
    expect((await ask<StudioViews>('/api/views')).views).toEqual([]);
    expect((await ask<StudioMeasure>('/api/measure')).plan).toEqual(planned);
    const { lines } = await ask<DecisionsSince>('/api/decisions');
    expect(lines.map(({ sha256 }) => project.digests.indexOf(sha256 as string)).sort()).toEqual([0, 1, 2]);
    const again = await ask<ImageDetail>(`/api/images/${first}`);
    expect([again.isDatabaseAway, again.listings.length]).toEqual([undefined, 1]);
  });
});
