import { uploadRoutes } from './application/uploads/upload-routes';
import { eventRoutes } from './application/events/event-routes';
import type { Route } from './application/route';
import { accountRoutes } from './application/routes/account-routes';
import { adminRoutes } from './application/routes/admin-routes';
import { chainRoutes } from './application/routes/chain-routes';
import { diRoutes } from './application/routes/di-routes';
import { gearRoutes } from './application/routes/gear-routes';
import { platformRoutes } from './application/routes/platform-routes';
import { publicRoutes } from './application/routes/public-routes';
import { sessionRoutes } from './application/routes/session-routes';
import { shootoutRoutes } from './application/routes/shootout-routes';

/** Everything the edge serves, one row each (api.md §2); server, OpenAPI document and permission tests follow from it. */
export const routes: readonly Route[] = [
  ...sessionRoutes,
  ...accountRoutes,
  ...gearRoutes,
  ...chainRoutes,
  ...uploadRoutes,
  ...diRoutes,
  ...shootoutRoutes,
  ...publicRoutes,
  ...eventRoutes,
  ...adminRoutes,
  ...platformRoutes(() => routes),
];
