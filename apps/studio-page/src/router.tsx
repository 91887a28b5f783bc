import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from './address/codec';
import { Frame } from './frame/frame';
import { NoSuchPage, PageError } from './frame/page-states';
import { EmptyState } from './parts/empty-state';
import { LATE_MILLIS } from './parts/waiting';
import { PAGES } from './pages';

/** The routes of PAGES within the frame. */
export function createPageRouter(): ReturnType<typeof createRouter> {
  const root = createRootRoute({ component: Frame, notFoundComponent: NoSuchPage });
  const routes = PAGES.map(({ path, load, parts = [] }) => {
    const route = createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });
    return route.addChildren(
      parts.map((part) => createRoute({ getParentRoute: () => route, path: part, component: () => null })),
    );
  });
  return createRouter({
    routeTree: root.addChildren(routes),
    parseSearch,
    stringifySearch,
    // Until then the page before stays.
    defaultPendingMs: LATE_MILLIS,
    defaultPendingComponent: () => <EmptyState title="Loading …" />,
    defaultErrorComponent: PageError,
    defaultPreload: 'intent',
    scrollRestoration: false,
  }) as unknown as ReturnType<typeof createRouter>;
}
