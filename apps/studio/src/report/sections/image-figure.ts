import { IMPORT_ENGINES } from '@winnow/contracts';
import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';
import type { ReportPicture } from '../report-data';
import { webHost, webLink } from '../../html/web-link';

const LONGEST_TITLE = 160;

/** One thumbnail with its caption, licence and a link to where it was found. */
export function pictureFigure(picture: ReportPicture, caption: MarkupValue): Markup {
  const title = pictureTitle(picture);
  const image = html`<img src="${dataUri(picture)}" alt="${title}" title="${title}" width="112" height="112" />`;
  return html`<figure>
    ${webLink(picture.pageUrl, image)}
    <figcaption>${caption}<span class="source">${pictureLicense(picture)}</span></figcaption>
  </figure> `;
}

/** The title from the web, shortened, or what else is known. */
export function pictureTitle({ title, given, pageUrl, engine }: ReportPicture): string {
  const plain = (title ?? '').replace(/\s+/g, ' ').trim();
  if (plain === '' && engine !== null && IMPORT_ENGINES.includes(engine)) return `Untitled, labelled ${given}`;
  if (plain === '') return `Untitled, found for ${given}${webHost(pageUrl) === null ? '' : ` on ${webHost(pageUrl)}`}`;
  const characters = [...plain];
  return characters.length > LONGEST_TITLE ? `${characters.slice(0, LONGEST_TITLE - 1).join('')}…` : plain;
}

export function pictureLicense({ license, licenseUrl }: ReportPicture): Markup {
  return webLink(licenseUrl, license === null || license.trim() === '' ? 'licence unknown' : license);
}

function dataUri({ mime, bytes }: ReportPicture): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`;
}
