import type { CrawlResult } from '../jobs/crawl-project';
import { crawlReport } from './crawl-report';

const result = (changes: Partial<CrawlResult>): CrawlResult => ({
  hits: 0,
  seen: 0,
  images: 0,
  urls: 0,
  outcomes: {},
  pending: 0,
  retryLater: 0,
  perEngine: {},
  perSource: {},
  perClass: {},
  perQuery: [],
  tried: 0,
  suspended: [],
  seconds: 1,
  ...changes,
});
const unreachable = (engine: string) => ({
  engine,
  failures: 1,
  suspendedUntil: new Date('2026-01-31T00:05:00Z'),
  reason: null,
});

describe('crawlReport', () => {
  it('asks for the network once where no engine could be reached, and says what to do', () => {
    const lines = crawlReport(result({ suspended: [unreachable('openverse'), unreachable('commons')] }), 'p.yaml');
    expect(lines.filter((line) => line.includes('no network?'))).toHaveLength(1);
    expect(lines.at(-1)).toBe('Run `winnow crawl p.yaml` again then, or `winnow crawl p.yaml --retry failed` at once.');
  });

  it('says nothing of the network where engines have answered', () => {
    const lines = crawlReport(result({ hits: 3, suspended: [unreachable('commons')] }), 'p.yaml');
    expect(lines.join('\n')).not.toContain('network');
    expect(lines.join('\n')).toContain('--retry failed');
  });
});
