import { createHash } from 'node:crypto';

import { attributionSection } from './sections/credits-section';
import { duplicatesSection } from './sections/duplicates-section';
import { harvestSection, importsSection } from './sections/harvest-section';
import { reportHeader } from './sections/header-section';
import { html, trusted } from '../html/markup';
import type { Markup } from '../html/markup';
import type { ReportData } from './report-data';
import { REPORT_CSS } from './report-css';
import { reproduceSection } from './sections/reproduce-section';
import { resultsSection } from './sections/results-section';
import { renderSection } from './sections/section';
import type { ReportSection } from './sections/section';
import { sheetsSection } from './sections/sheets-section';
import { splitSection } from './sections/split-section';
import { trainingSection } from './sections/training-section';

/**
 * One HTML file that needs nothing else: no request leaves it, no script runs in it (its policy forbids both), all
 * text is escaped and links lead to http(s) only. Parts without data are left out and named at the end. Equal data
 * gives equal bytes.
 */
export function renderReport(data: ReportData): string {
  const sections = reportSections(data);
  const styleDigest = createHash('sha256').update(REPORT_CSS).digest('base64');
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="winnow" />
        <title>${data.project} – winnow report</title>
        ${trusted(`<style>${REPORT_CSS}</style>`)}
      </head>
      <body>
        ${reportHeader(data)} ${sections.length > 1 && contents(sections)}
        <main>${sections.map(renderSection)} ${missingParts(data)}</main>
        <footer><p>Made by winnow. This file needs no network and runs no scripts.</p></footer>
      </body>
    </html> `;
  return page.text;
}

function reportSections(data: ReportData): ReportSection[] {
  const { imports, harvest, duplicates, sheets, split, runs } = data;
  const sections = [
    runs.length > 0 ? resultsSection(data) : null,
    imports && importsSection(imports),
    harvest && harvestSection(harvest),
    duplicates && duplicatesSection(duplicates),
    split && splitSection(split, runs),
    sheets.length > 0 ? sheetsSection(sheets) : null,
    trainingSection(runs),
    reproduceSection(data.reproduce),
    attributionSection(data),
  ];
  return sections.filter((section) => section !== null);
}

function contents(sections: readonly ReportSection[]): Markup {
  return html`<nav aria-label="Contents">
    <ol>
      ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ol>
  </nav>`;
}

/** What a later command would add. */
function missingParts({ harvest, imports, split, runs }: ReportData): Markup | false {
  const missing = [
    harvest === null &&
      imports === null &&
      html`<li>
        The images: <code>winnow crawl</code> or <code>winnow import</code>, then <code>winnow build</code>.
      </li>`,
    split === null && html`<li>The split into clean, closed and open: <code>winnow split</code>.</li>`,
    runs.length === 0 && html`<li>Training and results: <code>winnow train</code>.</li>`,
  ].filter((item) => item !== false);
  if (missing.length === 0) return false;
  return renderSection({
    id: 'missing',
    title: 'Not there yet',
    body: html`<ul>
      ${missing}
    </ul>`,
  });
}
