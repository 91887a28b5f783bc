import type { RouteModule } from '../server/studio-context';

/** The crawl while it happens. */
export const crawlRoutes: RouteModule = () => undefined;
