import { runService } from '@gts/nest';
import { compose, kept } from './composition';
import { readConfig, settings } from './config';
import { SignalChainsModule } from './signal-chains.module';

void runService({
  service: 'signal-chains',
  settings,
  readConfig,
  collections: kept,
  compose,
  module: (application) => SignalChainsModule.with(application),
});
