import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from './address/codec';
import { Frame } from './frame/frame';
import { NoSuchPage, PageError, PageWaits } from './frame/page-states';
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
    defaultPendingComponent: PageWaits,
    defaultPendingMs: 400,
    defaultErrorComponent: PageError,
    defaultPreload: 'intent',
    scrollRestoration: false,
  }) as unknown as ReturnType<typeof createRouter>;
}
