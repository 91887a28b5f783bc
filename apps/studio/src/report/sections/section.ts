import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';

/** A chapter of the report. */
export interface ReportSection {
  /** Anchor. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export function renderSection({ id, title, body }: ReportSection): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <div class="body">${body}</div>
  </section> `;
}

/** A figure under a small heading. */
export function block(title: string, content: MarkupValue): Markup {
  return html`<div class="block">
    <h3>${title}</h3>
    ${content}
  </div> `;
}
