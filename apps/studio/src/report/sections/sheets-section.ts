import { NOISE_KINDS } from '@winnow/contracts';

import { KIND_WORDS } from './split-section';
import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import { count } from '../../html/number-format';
import { imageFigure } from './image-figure';
import type { ContactSheet, ReportImage } from '../report-data';
import type { ReportSection } from './section';

/** Contact sheets of the clean, the closed and the open images. */
export function sheetsSection(sheets: readonly ContactSheet[]): ReportSection {
  const ordered = NOISE_KINDS.flatMap((kind) => sheets.filter((sheet) => sheet.kind === kind));
  return { id: 'images', title: 'Images', body: html`${ordered.map(renderSheet)}` };
}

function renderSheet({ kind, total, images }: ContactSheet): Markup {
  const { label, meaning } = KIND_WORDS[kind];
  return html`<div class="block">
    <h3>
      <span class="key key-${kind}">${label}</span>
      <span class="soft">${count(images.length)} of ${count(total)}</span>
    </h3>
    <p class="soft">${meaning}</p>
    ${
      images.length > 0 &&
      html`<div class="sheet">${images.map((image) => imageFigure(image, caption(kind, image)))}</div>`
    }
  </div> `;
}

function caption(kind: ContactSheet['kind'], { given, refined }: ReportImage): Markup {
  if (kind === 'clean') return html`<span class="label">${given}</span>`;
  if (kind === 'open') return html`<span class="label"><del>${given}</del></span>`;
  return html`<span class="label"
    ><del>${given}</del> <span aria-label="refined to">→</span> <ins>${refined ?? 'unknown'}</ins></span
  >`;
}
