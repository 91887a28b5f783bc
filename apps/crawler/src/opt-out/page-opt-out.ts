import { scanTags } from '../engines/parse-html';
import type { HttpResponse } from '../http/http-result';
import { robotsTagRefusal } from './robots-tag';

export interface PageOptOutOptions {
  /** Our product token, lower case. */
  readonly agent: string;
  /** Whether reservations of text and data mining count too. */
  readonly respectTdm: boolean;
}

/**
 * What in the answer of a page forbids to use its images: X-Robots-Tag, `<meta name="robots">` or, under the agent's
 * own name, and reservations of text and data mining. Undefined where nothing does.
 */
export function pageOptOut(
  { headers, robotsTags, body }: Pick<HttpResponse, 'headers' | 'robotsTags' | 'body'>,
  { agent, respectTdm }: PageOptOutOptions,
): string | undefined {
  const header = robotsTagRefusal(robotsTags, agent);
  if (header !== undefined) return `X-Robots-Tag: ${header}`;
  if (respectTdm && headers['tdm-reservation']?.trim() === '1') return 'TDM-Reservation: 1';
  for (const { name, content } of headMetas(body.toString('latin1'))) {
    const directive = name === 'robots' || name === agent ? robotsTagRefusal([content], agent) : undefined;
    if (directive !== undefined) return `meta ${name}: ${directive}`;
    if (respectTdm && name === 'tdm-reservation' && content === '1') return 'meta tdm-reservation: 1';
  }
  return undefined;
}

/** A meta element, its name in lower case. */
export interface Meta {
  readonly name: string;
  readonly content: string;
}

const MAX_METAS = 1000;

/** The meta elements of a page before its body, as a browser without scripts would see them. */
export function headMetas(html: string): readonly Meta[] {
  const metas: Meta[] = [];
  scanTags(html, ({ name, attribute }) => {
    if (name === 'meta') {
      const value = (of: string) => (attribute(of) ?? '').trim();
      metas.push({ name: value('name').toLowerCase(), content: value('content') });
    }
    return name === 'body' || metas.length === MAX_METAS ? 'stop' : undefined;
  });
  return metas;
}
