import type { RouteModule } from '../server/studio-context';

/** Students: listed, followed, compared. */
export const runRoutes: RouteModule = () => undefined;
