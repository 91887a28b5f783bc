import type { DueFetch } from '@winnow/db';
import { ENGINES, isEngineName } from '../engines/engines';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpFailure } from '../http/http-result';
import { AGENT } from '../jobs/harvest-options';
import type { HarvestOptions } from '../jobs/harvest-options';
import type { RobotsPolicy } from '../politeness/robots-policy';
import { HostThrottle } from '../politeness/throttle';
import type { Refusal } from '../politeness/throttle';
import { pageAddress, PagePolicy } from './page-policy';
import { robotsTagRefusal } from './robots-tag';
import { TdmPolicy } from './tdm-policy';
import type { TdmPolicyOptions } from './tdm-policy';

export interface OptOutOptions extends TdmPolicyOptions {
  readonly harvest: HarvestOptions;
  readonly robots: RobotsPolicy;
}

/** Everything by which a site can say that an image is not to be used, as far as the project obeys it. */
export class OptOuts {
  readonly #options: OptOutOptions;
  readonly #tdm: TdmPolicy;
  readonly #pages: PagePolicy;

  constructor(options: OptOutOptions) {
    this.#options = options;
    this.#tdm = new TdmPolicy(options);
    this.#pages = new PagePolicy({ ...options, respectTdm: options.harvest.respectTdm });
  }

  /** Sends a request for an image in its host's turn, if robots.txt and tdmrep.json of the host let it. */
  throttle(beforeSend: Refusal): HostThrottle {
    const { harvest, rateLimiter, robots } = this.#options;
    // These files are asked for in the host's turn too, so not within a turn; tdmrep.json not where robots.txt forbids all.
    const refusals: readonly Refusal[] = [
      ...(harvest.respectRobots ? [(url: URL) => robots.refusal(url)] : []),
      ...(harvest.respectTdm ? [(url: URL) => this.#tdm.refusal(url)] : []),
    ];
    return new HostThrottle({ rateLimiter, refusals, beforeSend });
  }

  /** Before an image is fetched: the failure that its page comes to, where pages are to be read. */
  async ofPage(due: DueFetch): Promise<HttpFailure | undefined> {
    const { harvest, robots } = this.#options;
    const page = pageAddress(due.pageUrl);
    if (page === undefined || page === due.canonicalUrl || !harvest.respectRobots) return undefined;
    if (harvest.checkPages === 'none') return undefined;
    if (harvest.checkPages === 'scraped' && !due.engines.some(isScraped)) return undefined;
    // Of an image that is not fetched, the page need not be.
    if ((await robots.refusal(new URL(due.canonicalUrl))) !== undefined) return undefined;
    return this.#pages.refusal(page);
  }

  /** What the headers of an image's answer say. */
  ofAnswer({ status, headers, robotsTags }: HttpResponse): HttpFailure | undefined {
    const { respectRobots, respectTdm } = this.#options.harvest;
    const directive = respectRobots ? robotsTagRefusal(robotsTags, AGENT) : undefined;
    if (directive !== undefined) return httpFailure('opted_out', `X-Robots-Tag: ${directive}`, { status });
    const isReserved = respectTdm && headers['tdm-reservation']?.trim() === '1';
    return isReserved ? httpFailure('opted_out', 'TDM-Reservation: 1', { status }) : undefined;
  }
}

/** An engine that is not known any more may have been anything. */
function isScraped(name: string): boolean {
  return !isEngineName(name) || ENGINES[name].kind === 'scraped';
}
