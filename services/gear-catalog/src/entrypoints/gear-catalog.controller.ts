import {
  type DataOf,
  DeleteGear,
  GetGear,
  GetGearModel,
  GetGearModels,
  ListGearTags,
  SearchGear,
  StageFile,
  UpdateGear,
  UploadGear,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class GearCatalogController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(StageFile)
  stageFile(@Payload() data: DataOf<typeof StageFile>, @Ctx() ctx: Context) {
    return this.app.commands.stageFile(data, ctx);
  }
  @Handles(UploadGear)
  uploadGear(@Payload() data: DataOf<typeof UploadGear>, @Ctx() ctx: Context) {
    return this.app.commands.uploadGear(data, ctx);
  }
  @Handles(UpdateGear)
  updateGear(@Payload() data: DataOf<typeof UpdateGear>, @Ctx() ctx: Context) {
    return this.app.commands.updateGear(data, ctx);
  }
  @Handles(DeleteGear)
  deleteGear(@Payload() data: DataOf<typeof DeleteGear>, @Ctx() ctx: Context) {
    return this.app.commands.deleteGear(data, ctx);
  }
  @Handles(SearchGear)
  searchGear(@Payload() data: DataOf<typeof SearchGear>, @Ctx() ctx: Context) {
    return this.app.queries.searchGear(data, ctx);
  }
  @Handles(GetGear)
  getGear(@Payload() data: DataOf<typeof GetGear>, @Ctx() ctx: Context) {
    return this.app.queries.getGear(data, ctx);
  }
  @Handles(GetGearModel)
  getGearModel(@Payload() data: DataOf<typeof GetGearModel>, @Ctx() ctx: Context) {
    return this.app.queries.getGearModel(data, ctx);
  }
  @Handles(GetGearModels)
  getGearModels(@Payload() data: DataOf<typeof GetGearModels>, @Ctx() ctx: Context) {
    return this.app.queries.getGearModels(data, ctx);
  }
  @Handles(ListGearTags)
  listGearTags(@Payload() data: DataOf<typeof ListGearTags>, @Ctx() ctx: Context) {
    return this.app.queries.listGearTags(data, ctx);
  }
}
