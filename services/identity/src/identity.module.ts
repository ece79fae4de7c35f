import { APPLICATION } from '@gts/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Application } from './application';
import { IdentityController } from './entrypoints/identity.controller';

@Module({})
export class IdentityModule {
  static with(application: Application): DynamicModule {
    return {
      module: IdentityModule,
      controllers: [IdentityController],
      providers: [{ provide: APPLICATION, useFactory: () => application }],
    };
  }
}
