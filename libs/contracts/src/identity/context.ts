import { z } from 'zod';
import { context } from '../define';
import { id } from '../schemas';
import { role, tenantView, userView } from './schemas';

export const identity = context('identity');

export const userId = id('User');
export const tokenId = id('ApiToken');
export const whoAmI = z.strictObject({
  user: userView.nullable(),
  tenant: tenantView.nullable(),
  role: role.nullable(),
});
export const empty = z.strictObject({});
