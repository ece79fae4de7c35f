import { APPLICATION } from '@gts/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Application } from './application';
import { SignalChainsController } from './entrypoints/signal-chains.controller';

@Module({})
export class SignalChainsModule {
  static with(application: Application): DynamicModule {
    return {
      module: SignalChainsModule,
      controllers: [SignalChainsController],
      providers: [{ provide: APPLICATION, useFactory: () => application }],
    };
  }
}
