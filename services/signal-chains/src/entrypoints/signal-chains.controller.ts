import {
  CreateSignalChain,
  type DataOf,
  DeleteSignalChain,
  DuplicateSignalChain,
  GetSignalChain,
  GetSignalChains,
  ListEffects,
  ListSignalChains,
  RestoreSignalChain,
  UpdateSignalChain,
  ValidateChain,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class SignalChainsController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(CreateSignalChain)
  createSignalChain(@Payload() data: DataOf<typeof CreateSignalChain>, @Ctx() ctx: Context) {
    return this.app.commands.createSignalChain(data, ctx);
  }

  @Handles(UpdateSignalChain)
  updateSignalChain(@Payload() data: DataOf<typeof UpdateSignalChain>, @Ctx() ctx: Context) {
    return this.app.commands.updateSignalChain(data, ctx);
  }

  @Handles(DuplicateSignalChain)
  duplicateSignalChain(@Payload() data: DataOf<typeof DuplicateSignalChain>, @Ctx() ctx: Context) {
    return this.app.commands.duplicateSignalChain(data, ctx);
  }

  @Handles(DeleteSignalChain)
  deleteSignalChain(@Payload() data: DataOf<typeof DeleteSignalChain>, @Ctx() ctx: Context) {
    return this.app.commands.deleteSignalChain(data, ctx);
  }

  @Handles(RestoreSignalChain)
  restoreSignalChain(@Payload() data: DataOf<typeof RestoreSignalChain>, @Ctx() ctx: Context) {
    return this.app.commands.restoreSignalChain(data, ctx);
  }

  @Handles(ListSignalChains)
  listSignalChains(@Payload() data: DataOf<typeof ListSignalChains>, @Ctx() ctx: Context) {
    return this.app.queries.listSignalChains(data, ctx);
  }

  @Handles(GetSignalChain)
  getSignalChain(@Payload() data: DataOf<typeof GetSignalChain>, @Ctx() ctx: Context) {
    return this.app.queries.getSignalChain(data, ctx);
  }

  @Handles(GetSignalChains)
  getSignalChains(@Payload() data: DataOf<typeof GetSignalChains>, @Ctx() ctx: Context) {
    return this.app.queries.getSignalChains(data, ctx);
  }

  @Handles(ValidateChain)
  validateChain(@Payload() data: DataOf<typeof ValidateChain>, @Ctx() ctx: Context) {
    return this.app.queries.validateChain(data, ctx);
  }

  @Handles(ListEffects)
  listEffects() {
    return this.app.queries.listEffects();
  }
}
