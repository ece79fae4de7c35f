import { runService } from '@gts/nest';
import { compose, kept } from './composition';
import { readConfig, settings } from './config';
import { IdentityModule } from './identity.module';

void runService({
  service: 'identity',
  settings,
  readConfig,
  collections: kept,
  compose,
  module: (application) => IdentityModule.with(application),
});
