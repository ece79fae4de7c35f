import {
  AddToneSelection,
  CancelRender,
  CreateShootout,
  DeleteShootout,
  GetRun,
  GetShootout,
  ListShootouts,
  RemoveToneSelection,
  RenameToneSelection,
  RenderShootout,
  ReorderToneSelections,
  RestoreShootout,
  RetryEnrichment,
  SetVisibility,
  UpdateShootout,
  type DataOf,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class ShootoutsController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(CreateShootout)
  createShootout(@Payload() data: DataOf<typeof CreateShootout>, @Ctx() ctx: Context) {
    return this.app.commands.createShootout(data, ctx);
  }

  @Handles(UpdateShootout)
  updateShootout(@Payload() data: DataOf<typeof UpdateShootout>, @Ctx() ctx: Context) {
    return this.app.commands.updateShootout(data, ctx);
  }

  @Handles(AddToneSelection)
  addToneSelection(@Payload() data: DataOf<typeof AddToneSelection>, @Ctx() ctx: Context) {
    return this.app.commands.addToneSelection(data, ctx);
  }

  @Handles(RemoveToneSelection)
  removeToneSelection(@Payload() data: DataOf<typeof RemoveToneSelection>, @Ctx() ctx: Context) {
    return this.app.commands.removeToneSelection(data, ctx);
  }

  @Handles(RenameToneSelection)
  renameToneSelection(@Payload() data: DataOf<typeof RenameToneSelection>, @Ctx() ctx: Context) {
    return this.app.commands.renameToneSelection(data, ctx);
  }

  @Handles(ReorderToneSelections)
  reorderToneSelections(@Payload() data: DataOf<typeof ReorderToneSelections>, @Ctx() ctx: Context) {
    return this.app.commands.reorderToneSelections(data, ctx);
  }

  @Handles(RenderShootout)
  renderShootout(@Payload() data: DataOf<typeof RenderShootout>, @Ctx() ctx: Context) {
    return this.app.commands.renderShootout(data, ctx);
  }

  @Handles(CancelRender)
  cancelRender(@Payload() data: DataOf<typeof CancelRender>, @Ctx() ctx: Context) {
    return this.app.commands.cancelRender(data, ctx);
  }

  @Handles(RetryEnrichment)
  retryEnrichment(@Payload() data: DataOf<typeof RetryEnrichment>, @Ctx() ctx: Context) {
    return this.app.commands.retryEnrichment(data, ctx);
  }

  @Handles(SetVisibility)
  setVisibility(@Payload() data: DataOf<typeof SetVisibility>, @Ctx() ctx: Context) {
    return this.app.commands.setVisibility(data, ctx);
  }

  @Handles(DeleteShootout)
  deleteShootout(@Payload() data: DataOf<typeof DeleteShootout>, @Ctx() ctx: Context) {
    return this.app.commands.deleteShootout(data, ctx);
  }

  @Handles(RestoreShootout)
  restoreShootout(@Payload() data: DataOf<typeof RestoreShootout>, @Ctx() ctx: Context) {
    return this.app.commands.restoreShootout(data, ctx);
  }

  @Handles(ListShootouts)
  listShootouts(@Payload() data: DataOf<typeof ListShootouts>, @Ctx() ctx: Context) {
    return this.app.queries.listShootouts(data, ctx);
  }

  @Handles(GetShootout)
  getShootout(@Payload() data: DataOf<typeof GetShootout>, @Ctx() ctx: Context) {
    return this.app.queries.getShootout(data, ctx);
  }

  @Handles(GetRun)
  getRun(@Payload() data: DataOf<typeof GetRun>, @Ctx() ctx: Context) {
    return this.app.queries.getRun(data, ctx);
  }
}
