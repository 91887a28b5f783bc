import { IMPORT_ENGINES } from '@winnow/contracts';
import { html } from '../../html/markup';
import type { Markup } from '../../html/markup';
import { count } from '../../html/number-format';
import { imageLicense, imageTitle } from './image-figure';
import type { ReportData, ReportImage } from '../report-data';
import type { ReportSection } from './section';
import { webHost, webLink } from '../../html/web-link';

/** Who made the images that this page shows, and under which licence; null where it shows none. */
export function attributionSection(data: ReportData): ReportSection | null {
  const images = shownImages(data);
  if (images.length === 0) return null;
  const isImported = images.every(({ engine }) => IMPORT_ENGINES.includes(engine));
  const body = html`<p>
      This page shows small versions of ${count(images.length)}
      ${isImported ? 'imported images' : 'images from the web'}. They belong to their makers; licences are as stated by
      the ${isImported ? 'source' : 'search engine or the source'} and were not verified.
    </p>
    <ol class="credits">
      ${images.map(credit)}
    </ol>`;
  return { id: 'credits', title: 'Credits', body };
}

/** Every image once, in the order of the page. */
function shownImages({ duplicates, sheets }: ReportData): ReportImage[] {
  const all = [
    ...(duplicates?.clusters.flatMap((cluster) => cluster.images) ?? []),
    ...sheets.flatMap((sheet) => sheet.images),
  ];
  return [...new Map(all.map((image) => [image.key, image])).values()];
}

function credit(image: ReportImage): Markup {
  const { pageUrl, creator, engine } = image;
  const host = webHost(pageUrl);
  const isImported = IMPORT_ENGINES.includes(engine);
  const source = [host ?? (isImported ? [] : 'source unknown'), isImported ? 'imported' : `found by ${engine}`].flat();
  return html`<li>
    <bdi>${webLink(pageUrl, imageTitle(image))}</bdi>${creator !== null && html`, by <bdi>${creator}</bdi>`}.
    ${imageLicense(image)}. <span class="soft">${source.join(', ')}</span>
  </li> `;
}
