import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { StudioCrawl } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import { keepDatabaseOpen } from '@winnow/db/testing';
import { readDataset } from '@winnow/shards';
import { startDemoWeb } from '@winnow/testing';
import type { DemoWeb } from '@winnow/testing';
import { startsWinnow } from '../spec-support/drawn-student';
import { projectCommands } from '../spec-support/project-commands';
import { hasBrowser, StudioBrowser } from '../spec-support/studio-browser';
import { writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject } from '../spec-support/studio-project';

const IMAGES = path.resolve(__dirname, '../../../../examples/demo');
/** Of the images; the others wait until the crawl was told to stop. */
const ANSWERED = 10;
const FETCHES = 'select canonical_url, outcome, sha256 from fetches order by canonical_url';
/** Of a machine that has much else to do. */
const MAX_MILLIS = 600_000;

/** Something that happens once. */
class Moment {
  readonly come: Promise<void>;
  happen!: () => void;

  constructor() {
    this.come = new Promise((resolve) => (this.happen = resolve));
  }
}

const describeCrawl = hasBrowser ? describe : describe.skip;
describeCrawl('a crawl that is stopped and gone on with on its page', () => {
  const browser = new StudioBrowser();
  const held = new Moment();
  const released = new Moment();
  let web: DemoWeb;
  let unbroken: StudioProject;
  beforeAll(async () => {
    startsWinnow();
    let images = 0;
    web = await startDemoWeb({
      imagesDir: IMAGES,
      async hold({ pathname }) {
        if (!pathname.startsWith('/photos/')) return;
        images += 1;
        if (images <= ANSWERED) return;
        held.happen();
        await released.come;
      },
    });
    const harvest = { engines: ['openverse', 'bing'], perClass: 15, delayMillis: 0, resolve: web.resolve };
    // The second one finds nothing.
    const classes = ['bag', 'kite'].map((name) => ({ name, queries: [name] }));
    const projectText = JSON.stringify({ name: 'p', classes, harvest, build: { size: 16 } });
    await browser.start({ until: 'nothing', projectText });
    unbroken = await writeStudioProject({ until: 'nothing', projectText });
  });
  afterAll(async () => {
    released.happen();
    await browser.stop();
    await web.close();
    unbroken.remove();
  });

  /** What the build of a project holds. */
  const built = async ({ config: { paths } }: StudioProject) => {
    const [id = '', ...others] = readdirSync(paths.builds);
    expect(others).toEqual([]);
    return readDataset(path.join(paths.builds, id));
  };

  it(
    'comes to the build of one that nobody stopped, and each outcome is as often as SQL says',
    async () => {
      const page = await browser.open(await browser.context(), '/crawl');
      const button = (name: RegExp) => page.getByRole('button', { name });
      const command = page.getByRole('region', { name: /^winnow crawl/ });
      await button(/^Crawl …/).click();
      await button(/^Start it here/).click();
      await held.come;
      // What an image host does not answer for 20 s is another outcome.
      await command.getByRole('button', { name: 'Stop at a safe point' }).click();
      await command.getByRole('status').getByText('Stopped at a safe point').waitFor();
      released.happen();
      const counts = 'select outcome, count(*)::integer as count from fetches group by outcome';
      const stopped = new Map((await browser.rows(counts)).map(({ outcome, count }) => [outcome, count]));
      expect([stopped.get(null), stopped.get('timeout')]).toEqual([expect.any(Number), undefined]);
      await button(/^Go on …/).click();
      await button(/^Start it here/).click();
      await command.getByRole('status').getByText('Done').waitFor();
      await page.getByText(/^at its end/).waitFor();

      const { studio, project } = browser;
      const key = await studio.context.keys.make('Anna', 'owner', new Date());
      const answer = await studio.server.inject({ url: '/api/crawl', headers: { authorization: `Bearer ${key}` } });
      const shown = answer.json<StudioCrawl>().outcomes.map(({ outcome, count }) => ({ outcome, count }));
      const counted = await browser.rows(counts);
      expect(shown).toHaveLength(counted.length);
      expect(shown).toEqual(expect.arrayContaining([...counted]));

      const close = keepDatabaseOpen(unbroken.config.paths.state);
      const commands = await projectCommands(unbroken);
      expect(await commands.crawl()).toMatchObject({ exitCode: 0 });
      await commands.build();
      const database = await openDatabase({ stateDir: unbroken.config.paths.state, holder: 'a spec' });
      expect(await browser.rows(FETCHES)).toEqual((await database.executeSql(FETCHES)).rows);
      await database.close();
      await close();
      await (await projectCommands(project)).build();
      expect(await built(project)).toEqual(await built(unbroken));
    },
    MAX_MILLIS,
  );
});
