import type { RouteModule } from '../server/studio-context';

/** What people decide of images. */
export const decisionRoutes: RouteModule = () => undefined;
