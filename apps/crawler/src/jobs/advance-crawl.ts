import { isDeepStrictEqual } from 'node:util';
import {
  classesAskedAgain,
  classProgress,
  dueHosts,
  ensureFetches,
  finishCrawl,
  lockCrawl,
  lockDecisions,
  readCrawl,
  readListings,
  setFetchLimit,
  setTargets,
  settledUrls,
  skipKnownDuplicates,
  suspendedEngines,
} from '@winnow/db';
import type { ClassProgress, Database, GivenUp, Job, JobQueue, NewJob } from '@winnow/db';
import { planOf, settingsFromJson } from './crawl-settings';
import type { CrawlSettings } from './crawl-settings';
import { pickListing } from '../listing/pick-listing';
import { queriesByClass } from '../listing/query-plan';

/** A job has hosts with this many due URLs together, or one host. */
const URLS_PER_JOB = 32;
/** A class is not listed for more than this many times what it lacks: most of it may be fetched. */
const MAX_LISTED_PER_MISSING = 4;

export interface AdvanceOptions {
  readonly db: Database;
  readonly jobs: JobQueue;
  readonly project: string;
  readonly now: Date;
}

/**
 * Decides what a crawl does next, once nothing of it is queued or under way: finish the round of listing, fetch what is
 * due, list more for classes that lack images, or end. Decides on stored facts only, so it does not matter which
 * worker does it, nor how often. Ends `job` in the same transaction.
 */
export async function advanceCrawl({ db, jobs, project, now }: AdvanceOptions, job: Job): Promise<void> {
  await db.transaction(async (tx) => {
    await lockDecisions(tx, project);
    const { list, fetch } = await jobs.counts(project, tx);
    const crawl = await readCrawl(tx, project);
    const isDecided = crawl === undefined || crawl.finishedAt !== null;
    if (isDecided || list.queued + list.running + fetch.queued + fetch.running > 0) {
      await jobs.complete(job, tx);
      return;
    }
    const settings = settingsFromJson(crawl.settings);
    const decision = { project, settings, now, givenUp: await jobs.givenUp(project, tx) };
    // It takes a second a million hits: imports and takedowns need not wait for it. Only decisions bring jobs.
    const classes = await classesToList(tx, decision);
    await lockCrawl(tx, project);
    await jobs.complete(job, tx);
    // A crawl that was begun anew meanwhile has its own step decided.
    if (!isDeepStrictEqual(await readCrawl(tx, project), crawl)) return;
    const next = await nextJobs(tx, classes, decision);
    if (next.length === 0) await finishCrawl(tx, project, now);
    else await jobs.send(next, tx);
  });
}

interface Decision {
  readonly project: string;
  readonly settings: CrawlSettings;
  readonly now: Date;
  /** What failed many times in this crawl, and is left alone until the next one. */
  readonly givenUp: GivenUp;
}

async function nextJobs(tx: Database, classes: readonly ShortClass[], decision: Decision): Promise<readonly NewJob[]> {
  const { project, settings } = decision;
  const unfinished = classes.filter(({ urls, targetUrls, isAskedAgain }) => isAskedAgain || urls < targetUrls);
  if (unfinished.length > 0) return unfinished.map(({ className }) => listJob(project, className));
  await ensureFetches(tx, planOf(project, settings));
  await skipKnownDuplicates(tx, project);
  const fetchJobs = await dueJobs(tx, decision);
  if (fetchJobs.length > 0) return fetchJobs;
  // Before more is listed: what a class lacks does not depend on where a process died.
  const suspects = await suspectJobs(tx, decision);
  if (suspects.length > 0) return suspects;
  // Where nothing more may be fetched, nobody can tell how many of the listed URLs are images.
  const short = classes.filter(({ urls, wanted, images }) => (settings.fetchLimit === 0 ? urls : images) < wanted);
  if (short.length === 0) return [];
  const names = short.map(({ className }) => className);
  const settled = await settledUrls(tx, project, names);
  const targets = short.map((progress) => ({
    className: progress.className,
    targetUrls: progress.urls + urlsToAdd(progress, settled.get(progress.className) ?? 0),
  }));
  await setTargets(tx, project, targets);
  return targets.map(({ className }) => listJob(project, className));
}

/** A class that is to be listed further. */
interface ShortClass extends ClassProgress {
  readonly wanted: number;
  /** Its queries are to be read once more from their start. */
  readonly isAskedAgain: boolean;
}

/** Classes that lack images and have a query that can be asked now. */
async function classesToList(tx: Database, decision: Decision): Promise<readonly ShortClass[]> {
  const { settings, now, givenUp } = decision;
  const plan = planOf(decision.project, settings);
  const wantedOf = new Map(settings.classes.map(({ name, perClass }) => [name, perClass]));
  const again = await classesAskedAgain(tx, plan.project);
  const lacking = (await classProgress(tx, plan.project))
    .map((progress) => ({ ...progress, wanted: wantedOf.get(progress.className) ?? 0 }))
    .filter(
      ({ className, images, wanted }) =>
        (images < wanted || again.has(className)) && wantedOf.has(className) && !givenUp.classes.has(className),
    );
  const suspended = new Set((await suspendedEngines(tx, now)).map(({ engine }) => engine));
  const queries = queriesByClass(plan);
  const open: ShortClass[] = [];
  for (const progress of lacking) {
    const order = queries.get(progress.className) ?? [];
    const listings = await readListings(tx, plan.project, progress.className);
    const next = pickListing({ order, listings, suspended, now });
    const isAskedAgain = next?.state === 'again';
    if (next !== undefined && (isAskedAgain || progress.images < progress.wanted)) {
      open.push({ ...progress, isAskedAgain });
    }
  }
  return open;
}

/** What a class lacks, at the rate at which its URLs have become images so far. */
function urlsToAdd({ images, urls, wanted }: ShortClass, settled: number): number {
  const missing = wanted - images - (settled === 0 ? urls : 0);
  const rate = settled === 0 ? 1 : images / settled;
  const wished = Math.min(Math.ceil(missing / Math.max(rate, Number.EPSILON)), missing * MAX_LISTED_PER_MISSING);
  // Each round gets at least one page further, so that there is an end to them.
  return Math.max(1, wished);
}

async function dueJobs(tx: Database, decision: Decision): Promise<readonly NewJob[]> {
  const { project, settings, now, givenUp } = decision;
  const { fetchLimit } = settings;
  if (fetchLimit === 0) return [];
  const all = await dueHosts(tx, project, { now, limit: fetchLimit ?? undefined });
  const due = all.filter(({ host }) => !givenUp.hosts.has(host));
  if (fetchLimit !== null && due.length > 0) {
    const taken = due.reduce((sum, host) => sum + host.due, 0);
    await setFetchLimit(tx, project, fetchLimit - taken);
    // Each host alone, as each has its share of the limit.
    return due.map(({ host, due: limit }) => fetchJob(decision, [host], { limit }));
  }
  return groupHosts(due).map((hosts) => fetchJob(decision, hosts));
}

/** URLs at which a process died come after the others that are listed, one at a time: whichever ends the next process has then shown itself. */
async function suspectJobs(tx: Database, decision: Decision): Promise<readonly NewJob[]> {
  const { project, settings, now, givenUp } = decision;
  const { fetchLimit } = settings;
  if (fetchLimit === 0) return [];
  const [first] = (await dueHosts(tx, project, { now, suspects: true })).filter(({ host }) => !givenUp.hosts.has(host));
  if (first === undefined) return [];
  if (fetchLimit !== null) await setFetchLimit(tx, project, fetchLimit - 1);
  return [fetchJob(decision, [first.host], { limit: 1, suspects: true })];
}

/** Hosts with few URLs go together. */
function groupHosts(due: readonly { readonly host: string; readonly due: number }[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let room = 0;
  for (const { host, due: urls } of due) {
    const last = groups.at(-1);
    if (last === undefined || urls > room) {
      groups.push([host]);
      room = URLS_PER_JOB - urls;
    } else {
      last.push(host);
      room -= urls;
    }
  }
  return groups;
}

function listJob(project: string, className: string): NewJob {
  return { kind: 'list', data: { project, className }, key: JSON.stringify([project, className]) };
}

function fetchJob(
  { project, now }: Decision,
  hosts: readonly string[],
  more: { readonly limit?: number; readonly suspects?: boolean } = {},
): NewJob {
  const data = { project, hosts, dueAtMillis: now.getTime(), ...more };
  return { kind: 'fetch', data, key: JSON.stringify([project, hosts[0] ?? '']) };
}

/** The job that has a project's next step decided. */
export function advanceJob(project: string): NewJob {
  return { kind: 'advance', data: { project }, key: project };
}
