import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium } from 'playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import type { StudioRole } from '@winnow/contracts';
import { encodeJpeg } from '@winnow/imaging';
import { digestTestList, writeTestAnswers } from '@winnow/runs';
import { listLabelledFiles } from '@winnow/shards';
import { hasTestBrowser, TEST_BROWSER } from '@winnow/testing';
import { assembleStudio } from '../server/assemble-studio';
import type { Studio } from '../server/assemble-studio';
import { loadPageFiles } from '../server/static-page';
import { writeSampleRun } from './sample-runs';
import { writeStudioProject } from './studio-project';
import type { StudioProject, StudioProjectOptions } from './studio-project';

const PAGE_LIST = path.resolve(__dirname, '../../../../dist/studio-page/files.json');
export const CLASSES = ['cat', 'dog', 'fox'];
/** Of nine test images, three a class, what two students took them for. */
export const LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2];
export const TAKEN_FOR = { ce: [0, 0, 1, 1, 1, 1, 0, 2, 2], kd: [0, 0, 0, 1, 1, 0, 2, 2, 2] };
const WAIT_MILLIS = 120_000;

/** Whether there is a browser, and the page is built. */
export const hasBrowser = hasTestBrowser && existsSync(PAGE_LIST);

/** A studio with runs that listens, and a browser, for all tests of a file. */
export class StudioBrowser {
  project!: StudioProject;
  studio!: Studio;
  port = 0;
  /** Folders of two finished students. */
  readonly runs = { ce: '', kd: '' };
  /** What pages complained of: breaches of the policy, errors. */
  readonly complaints: string[] = [];
  /** Addresses that pages asked for. */
  readonly requests: string[] = [];
  #browser: Browser | undefined;
  /** Real steps, which run where the specs do. */
  #startsSteps = false;

  async start(options: StudioProjectOptions): Promise<void> {
    this.project = await writeStudioProject(options);
    this.#startsSteps = options.projectText !== undefined;
    if (options.until === undefined) await this.#writeRuns();
    await this.#listen(0);
    this.#browser = await chromium.launch(TEST_BROWSER);
  }

  /** The same studio at the same port, as after Ctrl-C and the same command. */
  async startAgain(): Promise<void> {
    await this.studio.close();
    await this.#listen(this.port);
  }

  async #listen(port: number): Promise<void> {
    const { config } = this.project;
    const projectFile = this.#startsSteps ? path.join(config.paths.root, 'p.yaml') : 'p.yaml';
    const parts = { projectFile, page: await loadPageFiles(), isReadOnly: false };
    const withTest = { ...config, evaluate: { ...config.evaluate, test: 'test' } };
    const io = { log: () => undefined, signal: new AbortController().signal };
    this.studio = assembleStudio({ ...parts, config: withTest }, io);
    await this.studio.server.listen({ host: '127.0.0.1', port });
    this.port = (this.studio.server.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.studio?.close();
    this.project?.remove();
  }

  /** One browser of somebody. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await (this.#browser as Browser).newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    return this.#watched(context);
  }

  /** One that keeps what it knows in a folder: it can be killed. */
  async keptContext(folder: string): Promise<BrowserContext> {
    return this.#watched(await chromium.launchPersistentContext(folder, TEST_BROWSER));
  }

  /** A tab at an address, by a link of somebody's own. */
  async open(context: BrowserContext, address: string, name = 'Anna', role: StudioRole = 'owner'): Promise<Page> {
    const page = await context.newPage();
    const key = await this.studio.context.keys.make(name, role, new Date());
    await page.goto(`http://127.0.0.1:${this.port}${address}#key=${key}`);
    await this.settled(page);
    return page;
  }

  /** Another address in a tab that has a key. */
  async go(page: Page, address: string): Promise<void> {
    await page.goto(`http://127.0.0.1:${this.port}${address}`);
    await this.settled(page);
  }

  async settled(page: Page): Promise<void> {
    const waits = /Loading …|Choosing images/;
    await page.locator('#main').filter({ hasText: /./, hasNotText: waits }).waitFor();
  }

  /** By the database. */
  async rows(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.studio.context.database.use((_db, { executeSql }) => executeSql(query))).rows;
  }

  #watched(context: BrowserContext): BrowserContext {
    context.setDefaultTimeout(WAIT_MILLIS);
    context.on('weberror', (error) => this.complaints.push(error.error().message));
    context.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) this.complaints.push(message.text());
    });
    context.on('request', (request) => this.requests.push(request.url()));
    return context;
  }

  async #writeRuns(): Promise<void> {
    const { paths } = this.project.config;
    const test = path.join(paths.root, 'test');
    for (const [index, label] of LABELS.entries()) {
      const folder = path.join(test, CLASSES[label] as string);
      mkdirSync(folder, { recursive: true });
      const data = Buffer.alloc(16 * 16 * 3, 25 * index);
      writeFileSync(path.join(folder, `${index}.jpg`), await encodeJpeg({ width: 16, height: 16, data }, 90));
    }
    const listDigest = digestTestList(await listLabelledFiles(test));
    for (const method of ['ce', 'kd'] as const) {
      const predicted = TAKEN_FOR[method];
      const confusion = CLASSES.map((_, row) =>
        CLASSES.map((__, column) => LABELS.filter((label, at) => label === row && predicted[at] === column).length),
      );
      const accuracy = LABELS.filter((label, at) => label === predicted[at]).length / LABELS.length;
      const folder = writeSampleRun(paths.runs, { method, seed: 1, accuracy, confusion, classes: CLASSES });
      const numbers = { labels: Int32Array.from(LABELS), predicted: Int32Array.from(predicted) };
      const answers = { testDigest: 't'.repeat(64), listDigest, classes: CLASSES, ...numbers };
      await writeTestAnswers(folder, answers, new Uint16Array(27));
      this.runs[method] = path.basename(folder);
    }
  }
}
