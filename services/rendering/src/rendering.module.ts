import { APPLICATION } from '@gts/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Application } from './application';
import { RenderingController } from './entrypoints/rendering.controller';

@Module({})
export class RenderingModule {
  static with(application: Application): DynamicModule {
    return {
      module: RenderingModule,
      controllers: [RenderingController],
      providers: [{ provide: APPLICATION, useFactory: () => application }],
    };
  }
}
