// The front door loads this file to show --help, so it exports nothing that loads a database or a network stack.
export { commands } from './commands/commands';
export type { CrawlOptions, CrawlResult } from './jobs/crawl-project';
export type { Engine, EngineRequest, ParsedPage, ResponseMeta, SearchFilters } from './engines/engine';
export type { EngineName } from './engines/engines';
export type { HarvestOptions, RetryPolicy } from './jobs/harvest-options';
