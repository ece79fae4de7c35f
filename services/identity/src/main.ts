import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig } from './config';
import { IdentityModule } from './identity.module';

void runService({
  service: 'identity',
  readConfig,
  compose,
  module: (application) => IdentityModule.with(application),
});
