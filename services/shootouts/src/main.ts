import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig } from './config';
import { ShootoutsModule } from './shootouts.module';

void runService({
  service: 'shootouts',
  readConfig,
  compose,
  module: (application) => ShootoutsModule.with(application),
});
