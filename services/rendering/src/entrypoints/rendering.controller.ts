import { CancelRenderByOperator, type DataOf, GetRenderJob, ListRenderJobs, ShowRenderJob } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class RenderingController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(GetRenderJob)
  getRenderJob(@Payload() data: DataOf<typeof GetRenderJob>, @Ctx() ctx: Context) {
    return this.app.queries.getRenderJob(data, ctx);
  }

  @Handles(ListRenderJobs)
  listRenderJobs(@Payload() data: DataOf<typeof ListRenderJobs>, @Ctx() ctx: Context) {
    return this.app.queries.listRenderJobs(data, ctx);
  }

  @Handles(ShowRenderJob)
  showRenderJob(@Payload() data: DataOf<typeof ShowRenderJob>, @Ctx() ctx: Context) {
    return this.app.operating.showRenderJob(data, ctx);
  }

  @Handles(CancelRenderByOperator)
  cancelByOperator(@Payload() data: DataOf<typeof CancelRenderByOperator>, @Ctx() ctx: Context) {
    return this.app.operating.cancelByOperator(data, ctx);
  }
}
