import { readTdm, saveTdm } from '@winnow/db';
import type { Database, StoredTdm } from '@winnow/db';
import type { Clock } from '../politeness/clock';
import { httpFailure } from '../http/http-result';
import type { HttpFailure } from '../http/http-result';
import { fetchPolicyFile, isUsable, policyText, usableUntil } from '../politeness/fetch-policy-file';
import type { PolicyFileSource } from '../politeness/fetch-policy-file';
import type { PathRules } from '../politeness/path-rules';
import { rememberPerHost } from '../politeness/remember-per-host';
import type { HostFacts } from '../politeness/remember-per-host';
import { parseTdmRules } from './tdm-rules';

export interface TdmPolicyOptions extends PolicyFileSource {
  readonly db: Database;
  readonly clock: Clock;
}

/**
 * Reservations of text and data mining that hosts state in /.well-known/tdmrep.json, read once a day at most and kept
 * in the database. A reservation must be stated: a file that is not there or cannot be had reserves nothing; of one that
 * breaks off, what had come counts.
 */
export class TdmPolicy {
  readonly #options: TdmPolicyOptions;
  readonly #rulesOf: (url: URL) => Promise<PathRules>;

  constructor(options: TdmPolicyOptions) {
    this.#options = options;
    this.#rulesOf = rememberPerHost(
      () => options.clock.now(),
      (url) => this.#load(url),
    );
  }

  /** The failure that a reserved URL comes to; undefined when it may be fetched. */
  async refusal(url: URL): Promise<HttpFailure | undefined> {
    return (await this.#rulesOf(url)).forbids(url) ? httpFailure('opted_out', `tdmrep.json of ${url.host}`) : undefined;
  }

  async #load(url: URL): Promise<HostFacts<PathRules>> {
    const { db, clock } = this.#options;
    const stored = await readTdm(db, url.host);
    if (stored !== undefined && isUsable(stored, clock.now())) return factsOf(stored);
    const file = new URL('/.well-known/tdmrep.json', url);
    const response = await fetchPolicyFile(this.#options, file, 'application/json,*/*');
    const fetched: StoredTdm = {
      text: response.ok && response.status < 300 ? policyText(response.body) : null,
      status: response.ok && response.brokenOff === undefined ? response.status : null,
      fetchedAt: new Date(clock.now()),
    };
    await saveTdm(db, url.host, fetched);
    return factsOf(fetched);
  }
}

function factsOf(stored: StoredTdm): HostFacts<PathRules> {
  const rules = parseTdmRules(stored.text ?? '');
  return { value: rules, untilMillis: usableUntil(stored), bytes: rules.bytes };
}
