export * from './crawl';
export * from './build';
export * from './learning';
export * from './decisions';
export * from './store';
