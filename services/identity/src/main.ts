import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig, settings } from './config';
import { IdentityModule } from './identity.module';

void runService({
  service: 'identity',
  settings,
  readConfig,
  compose,
  module: (application) => IdentityModule.with(application),
});
