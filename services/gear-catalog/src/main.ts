import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig } from './config';
import { GearCatalogModule } from './gear-catalog.module';

void runService({
  service: 'gear-catalog',
  readConfig,
  compose,
  module: (application) => GearCatalogModule.with(application),
});
