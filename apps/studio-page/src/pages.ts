import type { ComponentType } from 'react';

/** One page. To add one: its folder in pages/, a line here. */
export interface PageSpec {
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
  { path: '/pictures', title: 'Images', load: () => import('./pages/images/images-page'), parts: ['$sha256'] },
];
