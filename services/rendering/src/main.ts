import 'reflect-metadata';
import { runService } from '@gts/nest';
import { compose, findMachine, kept } from './composition';
import { readConfig, settings } from './config';
import { RenderingModule } from './rendering.module';

void runService({
  service: 'rendering',
  settings,
  readConfig,
  collections: kept,
  find: findMachine,
  compose,
  module: (application) => RenderingModule.with(application),
});
