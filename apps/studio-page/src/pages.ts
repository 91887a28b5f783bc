import type { ComponentType } from 'react';

/** One page. To add one: its folder in pages/, a line here. */
interface PageSpec {
  /** `$name` stands for a part of the address. */
  readonly path: string;
  readonly title: string;
  /** Not in the navigation: reached from another page. */
  readonly isHidden?: boolean;
  /** Loaded when it is first shown; the module's default export. */
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** Addresses below it, which the same component shows. */
  readonly parts?: readonly string[];
}

/** In the order of the navigation. */
export const PAGES: readonly PageSpec[] = [
  { path: '/', title: 'Start', load: () => import('./pages/start/start-page') },
  { path: '/crawl', title: 'Crawl', load: () => import('./pages/crawl/crawl-page') },
  { path: '/pictures', title: 'Images', load: () => import('./pages/images/images-page'), parts: ['$sha256'] },
  { path: '/duplicates', title: 'Duplicates', load: () => import('./pages/duplicates/duplicates-page') },
  { path: '/map', title: 'Map', load: () => import('./pages/map/map-page') },
  { path: '/measure', title: 'Measure', load: () => import('./pages/measure/measure-page') },
  { path: '/review', title: 'Review', load: () => import('./pages/review/review-page'), parts: ['$order'] },
  { path: '/sheets', title: 'Sheets', load: () => import('./pages/sheets/sheets-page') },
  { path: '/runs', title: 'Runs', load: () => import('./pages/runs/runs-page') },
  { path: '/runs/$run', title: 'Run', isHidden: true, load: () => import('./pages/run/run-page') },
  { path: '/compare', title: 'Compare', isHidden: true, load: () => import('./pages/compare/compare-page') },
  { path: '/confusion', title: 'Confusion', isHidden: true, load: () => import('./pages/confusion/confusion-page') },
  {
    path: '/try',
    title: 'Try',
    isHidden: true,
    load: () => import('./pages/try/try-page'),
    parts: ['$run'],
  },
  { path: '/handover', title: 'Hand over', load: () => import('./pages/handover/handover-page') },
  { path: '/settings', title: 'Settings', load: () => import('./pages/settings/settings-page') },
];
