import { IMPORT_ENGINES } from '@winnow/contracts';
import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import { count } from '../../html/number-format';
import { pictureLicense, pictureTitle } from './image-figure';
import type { ReportData, ReportPicture } from '../report-data';
import type { ReportSection } from './section';
import { webHost, webLink } from '../../html/web-link';

/** Who made the pictures that this page shows, and under which licence; null where it shows none. */
export function attributionSection(data: ReportData): ReportSection | null {
  const pictures = shownPictures(data);
  if (pictures.length === 0) return null;
  const isImported = pictures.every(({ engine }) => engine !== null && IMPORT_ENGINES.includes(engine));
  const body = html`<p>
      This page shows small versions of ${count(pictures.length)}
      ${isImported ? 'imported pictures' : 'pictures from the web'}. They belong to their makers; licences are as stated
      by the ${isImported ? 'source' : 'search engine or the source'} and were not verified.
    </p>
    <ol class="credits">
      ${pictures.map(credit)}
    </ol>`;
  return { id: 'credits', title: 'Credits', body };
}

/** Every picture once, in the order of the page. */
function shownPictures({ duplicates, sheets }: ReportData): ReportPicture[] {
  const all = [
    ...(duplicates?.clusters.flatMap((cluster) => cluster.pictures) ?? []),
    ...sheets.flatMap((sheet) => sheet.pictures),
  ];
  return [...new Map(all.map((picture) => [picture.key, picture])).values()];
}

function credit(picture: ReportPicture): Markup {
  const { pageUrl, creator, engine } = picture;
  const host = webHost(pageUrl);
  const isImported = engine !== null && IMPORT_ENGINES.includes(engine);
  const source = [
    host ?? (isImported ? [] : 'source unknown'),
    isImported ? 'imported' : engine === null ? [] : `found by ${engine}`,
  ].flat();
  return html`<li>
    <bdi>${webLink(pageUrl, pictureTitle(picture))}</bdi>${creator !== null && html`, by <bdi>${creator}</bdi>`}.
    ${pictureLicense(picture)}. <span class="soft">${source.join(', ')}</span>
  </li> `;
}
