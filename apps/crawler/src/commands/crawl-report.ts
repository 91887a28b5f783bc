import type { CrawlResult } from '../jobs/crawl-project';
import { BLOCK_ADVICE } from '../listing/suspension';

/** What a crawl has come to, for people. */
export function crawlReport(result: CrawlResult, file: string): readonly string[] {
  const { outcomes } = result;
  const lines = [
    `${result.hits} hits, ${result.urls} image URLs, ${outcomes.stored ?? 0} images stored` +
      ` (${result.tried} tried in ${result.seconds.toFixed(1)} s)`,
    ...table('class', result.perClass),
    ...balance(result.perClass),
    ...table('engine', result.perEngine),
    ...queryTable(result.perQuery),
    ...Object.entries(outcomes)
      .filter(([outcome]) => outcome !== 'stored')
      .map(([outcome, count]) => `  ${outcome.padEnd(20)} ${String(count).padStart(7)}`),
  ];
  const unreachable = result.suspended.filter(({ reason }) => reason === null);
  const engines = new Set(result.perQuery.map(({ engine }) => engine));
  if (unreachable.length > 0 && result.hits === 0 && engines.size <= unreachable.length) {
    lines.push('No engine could be reached: no network?');
  }
  for (const { engine, reason, suspendedUntil } of result.suspended) {
    const why = reason === null ? 'it cannot be reached' : (BLOCK_ADVICE[reason] ?? reason);
    lines.push(`${engine} is left alone until ${suspendedUntil?.toISOString() ?? 'later'}: ${why}.`);
  }
  if (unreachable.length > 0) {
    lines.push(`Run \`winnow crawl ${file}\` again then, or \`winnow crawl ${file} --retry failed\` at once.`);
  }
  if (result.pending > 0)
    lines.push(`${result.pending} URLs are still to be fetched: run \`winnow crawl ${file}\` again.`);
  if (result.retryLater > 0) {
    lines.push(
      `${result.retryLater} URLs failed for now; a later crawl tries them again, ` +
        `\`winnow crawl ${file} --retry failed\` at once.`,
    );
  }
  return lines;
}

/** How evenly the classes are filled. */
function balance(groups: CrawlResult['perClass']): readonly string[] {
  const sorted = Object.entries(groups).sort(([, a], [, b]) => a.images - b.images);
  const [fewest] = sorted;
  const most = sorted.at(-1);
  if (fewest === undefined || most === undefined || fewest[1].images === most[1].images) return [];
  return [`  fewest: ${fewest[0]} (${fewest[1].images}), most: ${most[0]} (${most[1].images})`];
}

const SHOWN_QUERIES = 24;

/** What each query gave, the poorest first: those are the search texts to think over. */
function queryTable(queries: CrawlResult['perQuery']): readonly string[] {
  if (queries.length === 0) return [];
  const poorest = [...queries].sort((a, b) => a.images - b.images).slice(0, SHOWN_QUERIES);
  const names = poorest.map(({ className, engine, query, variant }) =>
    [className, engine, `"${query}"`, variant].filter((part) => part !== '').join(' '),
  );
  const width = Math.max(...names.map((name) => name.length));
  const row = rowOf(width);
  const left = queries.length - poorest.length;
  return [
    row('query', ['pages', 'hits', 'images']),
    ...poorest.map(
      ({ pages, hits, images, responseClass, state }, index) =>
        row(names[index] ?? '', [pages, hits, images]) +
        (state === 'blocked' ? `  ${responseClass ?? 'unreachable'}` : ''),
    ),
    ...(left > 0 ? [`  and ${left} more queries: --json`] : []),
  ];
}

function table(kind: string, groups: CrawlResult['perClass']): readonly string[] {
  const rows = Object.entries(groups);
  if (rows.length === 0) return [];
  const width = Math.max(kind.length, ...rows.map(([name]) => name.length));
  const line = rowOf(width);
  return [
    line(kind, ['hits', 'URLs', 'images']),
    ...rows.map(([name, { hits, urls, images }]) => line(name, [hits, urls, images])),
  ];
}

/** Makes rows of a name and numbers. */
function rowOf(width: number): (name: string, cells: readonly (string | number)[]) => string {
  return (name, cells) => `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
}
