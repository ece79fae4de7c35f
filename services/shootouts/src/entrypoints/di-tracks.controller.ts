import {
  CreateDITrack,
  DeleteDITrack,
  GetDIAudio,
  GetDITrack,
  ListDITracks,
  RestoreDITrack,
  UpdateDITrack,
  type DataOf,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class DITracksController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(CreateDITrack)
  createDITrack(@Payload() data: DataOf<typeof CreateDITrack>, @Ctx() ctx: Context) {
    return this.app.commands.createDITrack(data, ctx);
  }

  @Handles(UpdateDITrack)
  updateDITrack(@Payload() data: DataOf<typeof UpdateDITrack>, @Ctx() ctx: Context) {
    return this.app.commands.updateDITrack(data, ctx);
  }

  @Handles(DeleteDITrack)
  deleteDITrack(@Payload() data: DataOf<typeof DeleteDITrack>, @Ctx() ctx: Context) {
    return this.app.commands.deleteDITrack(data, ctx);
  }

  @Handles(RestoreDITrack)
  restoreDITrack(@Payload() data: DataOf<typeof RestoreDITrack>, @Ctx() ctx: Context) {
    return this.app.commands.restoreDITrack(data, ctx);
  }

  @Handles(ListDITracks)
  listDITracks(@Payload() data: DataOf<typeof ListDITracks>, @Ctx() ctx: Context) {
    return this.app.queries.listDITracks(data, ctx);
  }

  @Handles(GetDITrack)
  getDITrack(@Payload() data: DataOf<typeof GetDITrack>, @Ctx() ctx: Context) {
    return this.app.queries.getDITrack(data, ctx);
  }

  @Handles(GetDIAudio)
  getDIAudio(@Payload() data: DataOf<typeof GetDIAudio>, @Ctx() ctx: Context) {
    return this.app.queries.getDIAudio(data, ctx);
  }
}
