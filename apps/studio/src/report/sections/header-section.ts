import { sourceNames } from './harvest-section';
import { count, percent, plural, share } from '../../html/number-format';
import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import type { ReportData } from '../report-data';
import { groupRuns } from '../result-groups';
import type { ResultGroup } from '../result-groups';

interface KeyFigure {
  readonly value: string;
  readonly label: string;
}

/** Title, one sentence that tells the story, and the figures to remember. */
export function reportHeader(data: ReportData): Markup {
  const figures = keyFigures(data);
  return html`<header>
    <p class="kicker">winnow report · ${readableDate(data.date)}${data.engine !== null && ` · ${data.engine}`}</p>
    <h1>${data.project}</h1>
    <p class="deck">${story(data)}</p>
    ${classList(data.classes)}
    ${
      figures.length > 0 &&
      html`<dl class="figures">
        ${figures.map(
          ({ value, label }) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`
    }
  </header> `;
}

const SHOWN_CLASSES = 40;

function classList(classes: readonly string[]): Markup | false {
  if (classes.length === 0) return false;
  const more = classes.length - SHOWN_CLASSES;
  return html`<p class="classes">
    ${classes
      .slice(0, SHOWN_CLASSES)
      .map((name) => html`<span>${name}</span> `)}${more > 0 && `and ${count(more)} more`}
  </p>`;
}

function story(data: ReportData): string {
  const sentences: string[] = [];
  const classes = plural(data.classes.length, 'class', 'classes');
  sentences.push(originSentence(data, classes));
  if (data.split !== null) {
    const { clean, closed, open } = data.split.counts;
    const whole = clean + closed + open;
    sentences.push(
      `The split takes ${share(clean, whole)} of their labels for right, ${share(closed, whole)} for wrong but correctable, and ${share(open, whole)} of the images for something else.`,
    );
  }
  const best = bestGroup(data);
  if (best?.accuracy) {
    const teacher = data.teacher?.accuracy ?? null;
    sentences.push(
      `The best student answers ${percent(best.accuracy.mean)} of the test images right${teacher === null ? '' : `, its teacher ${percent(teacher)}`}.`,
    );
  }
  return sentences.join(' ');
}

/** Where the images are from, and how many are left. */
function originSentence({ harvest, imports, images }: ReportData, classes: string): string {
  const left = images === null ? '' : `; ${count(images)} different ones remained`;
  if (harvest === null && imports === null) return `A data set of ${classes}.`;
  const taken = imports && plural(imports.total.fetched, 'image');
  if (imports !== null && harvest === null)
    return `${taken ?? ''} of ${classes} ${imports.total.fetched === 1 ? 'was' : 'were'} imported from ${sourceNames(imports.sources)}${left}.`;
  const listed = `Search engines listed ${plural(harvest?.total.hits ?? 0, 'image')} for ${classes}`;
  return `${listed}${imports === null ? '' : `, and ${taken ?? ''} came from ${sourceNames(imports.sources)}`}${left}.`;
}

function keyFigures(data: ReportData): KeyFigure[] {
  const figures: KeyFigure[] = [];
  if (data.harvest !== null) figures.push({ value: count(data.harvest.total.hits), label: 'results listed' });
  if (data.imports !== null) figures.push({ value: count(data.imports.total.fetched), label: 'images imported' });
  if (data.images !== null) figures.push({ value: count(data.images), label: 'different images' });
  if (data.split !== null) {
    const { clean, closed, open } = data.split.counts;
    figures.push({ value: share(clean, clean + closed + open), label: 'labels taken for right' });
  }
  const best = bestGroup(data);
  if (best?.accuracy) figures.push({ value: percent(best.accuracy.mean), label: `best student, ${best.method}` });
  const ratio = (data.teacher?.parameters ?? 0) / (best?.parameters ?? Infinity);
  if (ratio >= 1.05) figures.push({ value: `${ratio.toFixed(1)} ×`, label: 'smaller than the teacher' });
  return figures;
}

function bestGroup(data: ReportData): ResultGroup | undefined {
  const measured = groupRuns(data.runs).filter((group) => group.accuracy !== null);
  return measured.sort((a, b) => (b.accuracy?.mean ?? 0) - (a.accuracy?.mean ?? 0))[0];
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** `2026-11-24T05:12:00Z` as `24 November 2026`; anything else as it is. */
function readableDate(date: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(date) ?? [];
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? date : `${Number(day)} ${name} ${year}`;
}
