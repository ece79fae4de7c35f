import { runService } from '@gts/nest';
import { compose, kept } from './composition';
import { readConfig, settings } from './config';
import { GearCatalogModule } from './gear-catalog.module';

void runService({
  service: 'gear-catalog',
  settings,
  readConfig,
  collections: kept,
  compose,
  module: (application) => GearCatalogModule.with(application),
});
