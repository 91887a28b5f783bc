import { crawlRoutes } from '../crawl/crawl-routes';
import { decisionRoutes } from '../decisions/decision-routes';
import { listRoutes } from '../decisions/list-routes';
import { peopleRoutes } from '../decisions/people-routes';
import { duplicateRoutes } from '../duplicates/duplicate-routes';
import { handoverRoutes } from '../handover/handover-routes';
import { imageRoutes } from '../images/image-routes';
import { pictureRoutes } from '../images/picture-routes';
import { mapRoutes } from '../map/map-routes';
import { measureRoutes } from '../measure/measure-routes';
import { projectRoutes } from '../project/project-routes';
import { runRoutes } from '../runs/run-routes';
import { sheetRoutes } from '../sheets/sheet-routes';
import { stepRoutes } from '../steps/step-routes';
import { tryRoutes } from '../try/try-routes';
import type { RouteModule } from './studio-context';

/** All areas of the studio. */
export const ROUTE_MODULES: readonly RouteModule[] = [
  projectRoutes,
  imageRoutes,
  pictureRoutes,
  decisionRoutes,
  listRoutes,
  peopleRoutes,
  measureRoutes,
  runRoutes,
  crawlRoutes,
  sheetRoutes,
  duplicateRoutes,
  mapRoutes,
  handoverRoutes,
  stepRoutes,
  tryRoutes,
];
