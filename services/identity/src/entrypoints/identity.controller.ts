import {
  AuthoriseRequest,
  CreateApiToken,
  type DataOf,
  GetMe,
  GetPrincipal,
  GetPublicProfiles,
  ListApiTokens,
  ListSessions,
  ListTenants,
  RevokeAllSessions,
  RevokeApiToken,
  RevokeSession,
  SignInDemo,
  SignOut,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { APPLICATION, Handles } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Application } from '../application';

@Controller()
export class IdentityController {
  constructor(@Inject(APPLICATION) private readonly app: Application) {}

  @Handles(SignInDemo)
  signInDemo(@Payload() data: DataOf<typeof SignInDemo>, @Ctx() ctx: Context) {
    return this.app.commands.signInDemo(data, ctx);
  }
  @Handles(SignOut)
  signOut(@Payload() data: DataOf<typeof SignOut>, @Ctx() ctx: Context) {
    return this.app.commands.signOut(data, ctx);
  }
  @Handles(RevokeSession)
  revokeSession(@Payload() data: DataOf<typeof RevokeSession>, @Ctx() ctx: Context) {
    return this.app.commands.revokeSession(data, ctx);
  }
  @Handles(RevokeAllSessions)
  revokeAllSessions(@Payload() data: DataOf<typeof RevokeAllSessions>, @Ctx() ctx: Context) {
    return this.app.commands.revokeAllSessions(data, ctx);
  }
  @Handles(CreateApiToken)
  createApiToken(@Payload() data: DataOf<typeof CreateApiToken>, @Ctx() ctx: Context) {
    return this.app.commands.createApiToken(data, ctx);
  }
  @Handles(RevokeApiToken)
  revokeApiToken(@Payload() data: DataOf<typeof RevokeApiToken>, @Ctx() ctx: Context) {
    return this.app.commands.revokeApiToken(data, ctx);
  }
  @Handles(AuthoriseRequest)
  authoriseRequest(@Payload() data: DataOf<typeof AuthoriseRequest>, @Ctx() ctx: Context) {
    return this.app.queries.authoriseRequest(data, ctx);
  }
  @Handles(GetPrincipal)
  getPrincipal(@Payload() data: DataOf<typeof GetPrincipal>, @Ctx() ctx: Context) {
    return this.app.queries.getPrincipal(data, ctx);
  }
  @Handles(GetMe)
  getMe(@Payload() data: DataOf<typeof GetMe>, @Ctx() ctx: Context) {
    return this.app.queries.getMe(data, ctx);
  }
  @Handles(ListSessions)
  listSessions(@Payload() data: DataOf<typeof ListSessions>, @Ctx() ctx: Context) {
    return this.app.queries.listSessions(data, ctx);
  }
  @Handles(ListTenants)
  listTenants(@Payload() data: DataOf<typeof ListTenants>, @Ctx() ctx: Context) {
    return this.app.queries.listTenants(data, ctx);
  }
  @Handles(ListApiTokens)
  listApiTokens(@Payload() data: DataOf<typeof ListApiTokens>, @Ctx() ctx: Context) {
    return this.app.queries.listApiTokens(data, ctx);
  }
  @Handles(GetPublicProfiles)
  getPublicProfiles(@Payload() data: DataOf<typeof GetPublicProfiles>, @Ctx() ctx: Context) {
    return this.app.queries.getPublicProfiles(data, ctx);
  }
}
