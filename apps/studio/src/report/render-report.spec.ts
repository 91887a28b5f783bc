import { createHash } from 'node:crypto';

import { OUTCOMES } from '@winnow/contracts';

import { OUTCOME_WORDS } from './outcome-words';
import { renderReport } from './render-report';
import type { ReportData, ReportImage } from './report-data';
import { sampleReport } from '../spec-support/sample-report';

const VOID = new Set(['meta', 'img', 'br', 'link', 'input', 'hr']);

/** Names of the elements left open or closed out of turn; empty for a well-formed page. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = page.replace(/<!doctype html>/i, '').replace(/<style>[^<]*<\/style>/g, '');
  for (const [, slash, name, , selfClosed] of body.matchAll(
    /<(\/?)([a-z0-9]+)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/gi,
  )) {
    if (name === undefined || VOID.has(name) || selfClosed === '/') continue;
    if (slash !== '/') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

/** Values of every attribute of that name. */
function attributes(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map((match) => match[1] ?? '');
}

function bare(): ReportData {
  return {
    project: 'empty',
    classes: [],
    date: '2026-11-24',
    engine: null,
    images: null,
    harvest: null,
    imports: null,
    duplicates: null,
    split: null,
    sheets: [],
    teacher: null,
    runs: [],
    reproduce: { commands: [], digests: {}, versions: {} },
  };
}

/** Made once: its images take longer than the page. */
const sample = sampleReport();

describe('renderReport', () => {
  const page = renderReport(sample);

  it('shows what people measured apart from what the split says, and nothing of it where nobody did', () => {
    expect(page).not.toContain('Measured by people');
    const share = { share: 0.79, low: 0.722, high: 0.85 };
    const kinds = (['clean', 'closed', 'open'] as const).map((kind) => {
      return { kind, looked: 50, precision: share, recall: null };
    });
    const split = sample.split as NonNullable<ReportData['split']>;
    const measured = { splitId: 's', isComplete: false, overall: share, labels: share, kinds };
    const measuredPage = renderReport({ ...sample, split: { ...split, measured } });
    expect(unbalanced(measuredPage)).toEqual([]);
    const [, section = ''] = measuredPage.split('Measured by people');
    for (const text of ['<b>150</b> images', '79.0', '72.2', '85.0', 'intervals are not final']) {
      expect(section.split('Against the truth')[0]).toContain(text);
    }
    expect(section).toContain('The labels under which images were collected are right');
    const ofCleaned = renderReport({ ...sample, split: { ...split, measured: { ...measured, isOfCleaned: true } } });
    expect(ofCleaned).toContain('The labels of this data set are right');
    expect(renderReport({ ...sample, split: { ...split } })).toBe(page);
  });

  it('is a whole page with every part', () => {
    expect(unbalanced(page)).toEqual([]);
    const ids = attributes(page, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ['results', 'harvest', 'duplicates', 'split', 'images', 'training', 'reproduce', 'credits']) {
      expect(ids).toContain(id);
      expect(page).toContain(`href="#${id}"`);
    }
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  it('gives equal bytes for equal data', () => {
    expect(renderReport(sampleReport())).toBe(page);
  });

  it('asks nothing of the network', () => {
    expect(attributes(page, 'src').length).toBeGreaterThan(50);
    for (const source of attributes(page, 'src'))
      expect(source).toMatch(/^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/);
    for (const href of attributes(page, 'href')) expect(href).toMatch(/^(#|https?:\/\/)/);
    expect(page).not.toMatch(
      /<(script|link|iframe|object|embed|base|form|video|audio)\b|url\(|@import|srcset|\son\w+=|\sstyle=/i,
    );
  });

  it('forbids scripts and network by its policy, and its own style sheet passes it', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-${digest}&#39;`);
  });

  it('opens links without telling where from', () => {
    const links = page.match(/<a [^>]*href="http[^>]*>/g) ?? [];
    expect(links.length).toBeGreaterThan(50);
    for (const link of links) expect(link).toContain('rel="noopener noreferrer nofollow"');
  });

  it('shows mean and spread over the seeds', () => {
    // Seeds 1 to 3 reach 87.8, 88.4 and 89.0 % (less 0.08 that the curve lacks): mean 88.3, sd 0.6.
    expect(page).toContain('88.3 ± 0.6\u00a0%');
    expect(page).toContain('272,474');
  });

  it('says in words what became of every address', () => {
    expect(Object.keys(OUTCOME_WORDS).sort()).toEqual([...OUTCOMES].sort());
    const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 1]));
    const all = renderReport({ ...sample, harvest: { ...sample.harvest!, outcomes } });
    for (const outcome of OUTCOMES) expect(all).toContain(OUTCOME_WORDS[outcome].explanation);
  });
});

describe('renderReport of imported images', () => {
  const counts = { hits: 60, fetched: 57, stored: 50, unique: 49, clean: null, closed: null, open: null };
  const imports: NonNullable<ReportData['imports']> = {
    sources: [{ name: 'pics', kind: 'folder' }],
    hasUrls: false,
    total: counts,
    outcomes: { stored: 49, duplicate_bytes: 7, duplicate_near: 1, not_an_image: 2, truncated: 1 },
    byClass: [{ name: 'cat', ...counts }],
    bySource: [{ name: 'pics', ...counts }],
  };
  const imported: ReportData = { ...bare(), classes: ['cat', 'dog'], images: 49, imports };

  it('tells of the source, what was refused, and copies, and of no search', () => {
    const page = renderReport(imported);
    expect(unbalanced(page)).toEqual([]);
    expect(page).toContain('57 images of 2 classes were imported from the folder pics; 49 different ones remained.');
    expect(page).toContain('95.0\u00a0% of held');
    for (const outcome of ['not_an_image', 'truncated', 'duplicate_near'] as const) expect(page).toContain(outcome);
    expect(page).not.toMatch(/search engine|Search engine|Fetched|fetched|address|winnow crawl|undefined|NaN/);
  });

  it('tells of both where some were searched for', () => {
    const page = renderReport({ ...sample, imports });
    expect(unbalanced(page)).toEqual([]);
    expect(page).toMatch(/Search engines listed 6,412 images for 10 classes, and 57 images came from the folder pics/);
    expect(attributes(page, 'id')).toEqual(expect.arrayContaining(['imports', 'harvest']));
  });

  it('credits no search engine', () => {
    const [first] = sample.sheets;
    const image = { ...first!.images[0]!, title: null, pageUrl: null, engine: 'import' };
    const page = renderReport({ ...imported, sheets: [{ ...first!, images: [image] }] });
    expect(page).toContain('<span class="soft">imported</span>');
    expect(page).toContain('Untitled, labelled ');
    expect(page).not.toMatch(/from the web|found by|search engine/);
  });
});

describe('renderReport of a split', () => {
  const run = (method: string, readsSplit: boolean) => {
    const [first] = sample.runs;
    return { ...first!, summary: { ...first!.summary, method, readsSplit, notes: [`Note of ${method}.`] } };
  };

  it('says what each method did with it, and calls its kinds estimates', () => {
    const page = renderReport({ ...sample, runs: [run('winnow', false), run('modul', true)] });
    expect(page).toMatch(/<b>winnow<\/b> did not read the split: it learned what the teacher says of every image/);
    expect(page).toMatch(/<b>modul<\/b> read the split: it learned the labels of the clean images/);
    expect(page).toContain('The split takes 65.2\u00a0% of their labels for right');
    expect(page).not.toMatch(/The teacher found|the image used|carries no label|The image shows the class/);
  });

  it('names the methods of a note, and the seeds where not all have it', () => {
    const note = (seed: number, notes: readonly string[]) => {
      const one = run('kd', false);
      return { ...one, summary: { ...one.summary, seed, notes } };
    };
    const runs = [run('winnow', false), note(1, ['Both.']), note(2, ['Both.', 'One.'])];
    const page = renderReport({ ...sample, runs });
    for (const line of ['<b>winnow</b>: Note of winnow.', '<b>kd</b>: Both.', '<b>kd, seed 2</b>: One.'])
      expect(page).toContain(line);
  });
});

describe('renderReport with hostile data', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror='alert(1)'>\u202Etxt\u0000`;

  function poisoned(): string {
    const poison = (image: ReportImage): ReportImage => ({
      ...image,
      title: hostile,
      pageUrl: 'javascript:alert(1)',
      license: hostile,
      licenseUrl: 'data:text/html,<script>alert(1)</script>',
      creator: hostile,
      engine: hostile,
      given: hostile,
      refined: hostile,
    });
    return renderReport({
      ...sample,
      project: hostile,
      classes: [hostile],
      date: hostile,
      engine: hostile,
      harvest: { ...sample.harvest!, byEngine: [{ ...sample.harvest!.byEngine[0]!, name: hostile, note: hostile }] },
      imports: {
        sources: [{ name: hostile, kind: hostile }],
        hasUrls: false,
        total: sample.harvest!.total,
        outcomes: {},
        byClass: [{ ...sample.harvest!.byClass[0]!, name: hostile }],
        bySource: [1, 2].map(() => ({ ...sample.harvest!.byClass[0]!, name: hostile })),
      },
      split: {
        ...sample.split!,
        method: hostile,
        all: sample.split!.all.map((one) => ({ ...one, method: hostile })),
        histogram: { ...sample.split!.histogram!, label: hostile },
      },
      sheets: sample.sheets.map((sheet) => ({ ...sheet, images: sheet.images.map(poison) })),
      runs: sample.runs.map((run) => ({
        ...run,
        metrics: run.metrics.map((epoch) => ({ ...epoch, parts: { [hostile]: 1, b: 2 } })),
        summary: { ...run.summary, method: hostile, notes: [hostile], perClassAccuracy: { [hostile]: 0.5 } },
      })),
      reproduce: { commands: [hostile], digests: { [hostile]: hostile }, versions: { [hostile]: hostile } },
    });
  }

  it('escapes all of it', () => {
    const page = poisoned();
    expect(page).toContain('&lt;script&gt;');
    for (const found of ['<script', '<img src=x', '\u202e', '\u0000']) expect(page.includes(found)).toBe(false);
    expect(unbalanced(page)).toEqual([]);
    expect(attributes(page, 'onerror')).toEqual([]);
  });

  it('links to web pages only', () => {
    const page = poisoned();
    for (const href of attributes(page, 'href')) expect(href).toMatch(/^(#|https?:\/\/)/);
    expect(page).not.toMatch(/href="(javascript|data):/i);
  });
});

describe('renderReport with parts missing', () => {
  it('names what is not there yet and how to get it', () => {
    const page = renderReport(bare());
    expect(unbalanced(page)).toEqual([]);
    expect(page).toContain('Not there yet');
    for (const command of ['crawl', 'split', 'train']) expect(page).toContain(`winnow ${command}`);
    expect(page).not.toMatch(/undefined|NaN|Infinity|>null</);
  });

  it.each([
    ['no split', { split: null, sheets: [] }],
    ['no truth', { split: { ...sample.split!, quality: null, histogram: null } }],
    ['no runs', { runs: [] }],
    ['no teacher', { teacher: null }],
    ['no images', { sheets: [], duplicates: { ...sample.duplicates!, clusters: [], measure: null } }],
    ['no curves', { runs: sample.runs.map((run) => ({ ...run, metrics: [] })) }],
    ['nothing fetched', { harvest: { ...sample.harvest!, outcomes: {}, byClass: [], byEngine: [] } }],
    ['no digests', { reproduce: { commands: [], digests: {}, versions: {} } }],
  ] as const)('renders with %s', (_name, change) => {
    const page = renderReport({ ...sample, ...change });
    expect(unbalanced(page)).toEqual([]);
    expect(page).not.toMatch(/undefined|NaN|Infinity|>null</);
  });

  it('speaks of agreement where there is no test set', () => {
    const runs = sample.runs.map((run) => ({
      ...run,
      summary: { ...run.summary, accuracy: null, agreement: 0.91, perClassAccuracy: null },
    }));
    const page = renderReport({ ...sample, runs });
    expect(page).toContain('Agreement with the teacher');
    expect(page).not.toContain('Accuracy by class');
    expect(page).not.toContain('The best student');
  });

  it('leaves the kinds out of the funnel before the split', () => {
    const before = { clean: null, closed: null, open: null };
    const harvest = {
      ...sample.harvest!,
      total: { ...sample.harvest!.total, ...before },
      byClass: sample.harvest!.byClass.map((row) => ({ ...row, ...before })),
      byEngine: [],
    };
    const page = renderReport({ ...sample, harvest, split: null, sheets: [] });
    expect(page).not.toContain('<b>Split</b>');
    expect(page).not.toMatch(/<th scope="col" class="number">\s*Clean/);
  });
});
