import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig } from './config';
import { SignalChainsModule } from './signal-chains.module';

void runService({
  service: 'signal-chains',
  readConfig,
  compose,
  module: (application) => SignalChainsModule.with(application),
});
