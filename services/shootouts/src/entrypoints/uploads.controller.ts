import { AbortUpload, AppendChunk, CreateUpload, GetUpload, type DataOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class UploadsController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(CreateUpload)
  createUpload(@Payload() data: DataOf<typeof CreateUpload>, @Ctx() ctx: Context) {
    return this.app.commands.createUpload(data, ctx);
  }

  @Handles(AppendChunk)
  appendChunk(@Payload() data: DataOf<typeof AppendChunk>, @Ctx() ctx: Context) {
    return this.app.commands.appendChunk(data, ctx);
  }

  @Handles(AbortUpload)
  abortUpload(@Payload() data: DataOf<typeof AbortUpload>, @Ctx() ctx: Context) {
    return this.app.commands.abortUpload(data, ctx);
  }

  @Handles(GetUpload)
  getUpload(@Payload() data: DataOf<typeof GetUpload>, @Ctx() ctx: Context) {
    return this.app.queries.getUpload(data, ctx);
  }
}
