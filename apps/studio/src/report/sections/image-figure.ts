import { IMPORT_ENGINES } from '@winnow/contracts';
import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';
import type { ReportImage } from '../report-data';
import { webHost, webLink } from '../../html/web-link';

const LONGEST_TITLE = 160;

/** One thumbnail with its caption, licence and a link to where it was found. */
export function imageFigure(image: ReportImage, caption: MarkupValue): Markup {
  const title = imageTitle(image);
  const shown = html`<img src="${dataUri(image)}" alt="${title}" title="${title}" width="112" height="112" />`;
  return html`<figure>
    ${webLink(image.pageUrl, shown)}
    <figcaption>${caption}<span class="source">${imageLicense(image)}</span></figcaption>
  </figure> `;
}

/** The title from the web, shortened, or what else is known. */
export function imageTitle({ title, given, pageUrl, engine }: ReportImage): string {
  const plain = (title ?? '').replace(/\s+/g, ' ').trim();
  if (plain === '' && IMPORT_ENGINES.includes(engine)) return `Untitled, labelled ${given}`;
  if (plain === '') return `Untitled, found for ${given}${webHost(pageUrl) === null ? '' : ` on ${webHost(pageUrl)}`}`;
  const characters = [...plain];
  return characters.length > LONGEST_TITLE ? `${characters.slice(0, LONGEST_TITLE - 1).join('')}…` : plain;
}

export function imageLicense({ license, licenseUrl }: ReportImage): Markup {
  return webLink(licenseUrl, license === null || license.trim() === '' ? 'licence unknown' : license);
}

function dataUri({ mime, bytes }: ReportImage): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`;
}
