import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig, settings } from './config';
import { ShootoutsModule } from './shootouts.module';

void runService({
  service: 'shootouts',
  settings,
  readConfig,
  compose,
  module: (application) => ShootoutsModule.with(application),
});
