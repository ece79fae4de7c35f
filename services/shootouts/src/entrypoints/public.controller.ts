import { BrowsePublic, GetManifest, GetPublicShootout, ResolveMedia, type DataOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class PublicController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(BrowsePublic)
  browsePublic(@Payload() data: DataOf<typeof BrowsePublic>, @Ctx() ctx: Context) {
    return this.app.queries.browsePublic(data, ctx);
  }

  @Handles(GetPublicShootout)
  getPublicShootout(@Payload() data: DataOf<typeof GetPublicShootout>, @Ctx() ctx: Context) {
    return this.app.queries.getPublicShootout(data, ctx);
  }

  @Handles(GetManifest)
  getManifest(@Payload() data: DataOf<typeof GetManifest>, @Ctx() ctx: Context) {
    return this.app.queries.getManifest(data, ctx);
  }

  @Handles(ResolveMedia)
  resolveMedia(@Payload() data: DataOf<typeof ResolveMedia>, @Ctx() ctx: Context) {
    return this.app.queries.resolveMedia(data, ctx);
  }
}
