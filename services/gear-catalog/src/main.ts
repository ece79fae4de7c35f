import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig, settings } from './config';
import { GearCatalogModule } from './gear-catalog.module';

void runService({
  service: 'gear-catalog',
  settings,
  readConfig,
  compose,
  module: (application) => GearCatalogModule.with(application),
});
