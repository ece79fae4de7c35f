import { APPLICATION } from '@gts/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Application } from './application';
import { GearCatalogController } from './entrypoints/gear-catalog.controller';

@Module({})
export class GearCatalogModule {
  static with(application: Application): DynamicModule {
    return {
      module: GearCatalogModule,
      controllers: [GearCatalogController],
      providers: [{ provide: APPLICATION, useFactory: () => application }],
    };
  }
}
