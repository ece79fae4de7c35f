import { runService } from '@gts/nest';
import { compose, kept } from './composition';
import { readConfig, settings } from './config';
import { ShootoutsModule } from './shootouts.module';

void runService({
  service: 'shootouts',
  settings,
  readConfig,
  collections: kept,
  compose,
  module: (application) => ShootoutsModule.with(application),
});
