import { robotsTagRefusal } from './robots-tag';
import type { HttpAnswer } from '../http/http-result';
import { headMetas } from './head-metas';

export interface PageOptOutOptions {
  /** Our product token, lower case. */
  readonly agent: string;
  /** Whether reservations of text and data mining count too. */
  readonly respectTdm: boolean;
}

/**
 * What in the answer of a page forbids to use its pictures: X-Robots-Tag, `<meta name="robots">` or, under the agent's
 * own name, and reservations of text and data mining. Undefined where nothing does.
 */
export function pageOptOut(
  { headers, robotsTags, body }: Pick<HttpAnswer, 'headers' | 'robotsTags' | 'body'>,
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
