import { APPLICATION } from '@gts/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Application } from './application';
import { DITracksController } from './entrypoints/di-tracks.controller';
import { PublicController } from './entrypoints/public.controller';
import { ShootoutsController } from './entrypoints/shootouts.controller';
import { UploadsController } from './entrypoints/uploads.controller';

@Module({})
export class ShootoutsModule {
  static with(application: Application): DynamicModule {
    return {
      module: ShootoutsModule,
      controllers: [UploadsController, DITracksController, ShootoutsController, PublicController],
      providers: [{ provide: APPLICATION, useFactory: () => application }],
    };
  }
}
