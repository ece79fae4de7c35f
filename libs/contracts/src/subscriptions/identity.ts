import { declareService } from './types';

export const identityDeclaration = declareService('identity', { subscriptions: [] });
