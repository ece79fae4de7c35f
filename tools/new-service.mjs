// `npm run new:service -- <name>`: a service that compiles, boots and says it is there; what comes next is printed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';

const [name] = process.argv.slice(2);
const folder = join(root, 'services', name ?? '');

function refuse(why) {
  process.stderr.write(`${why}\nUsage: npm run new:service -- <name>, for example listening\n`);
  process.exit(2);
}
if (!name || !/^[a-z][a-z-]{2,30}$/.test(name)) refuse('a service has a name of lower-case letters and hyphens');
if (existsSync(folder)) refuse(`services/${name} exists`);

const pascal = name.replaceAll(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase());
const libs = ['kernel', 'contracts', 'persistence', 'messaging', 'observability', 'nest'];
const versions = JSON.parse(readFileSync(join(root, 'services/identity/package.json'), 'utf8')).dependencies;
const foreign = ['@nestjs/common', '@nestjs/microservices', 'zod'];

const files = {
  'package.json': JSON.stringify(
    {
      name: `@gts/${name}`,
      version: '0.0.0',
      private: true,
      license: 'Apache-2.0',
      type: 'commonjs',
      dependencies: Object.fromEntries([
        ...libs.map((lib) => [`@gts/${lib}`, '0.0.0']),
        ...foreign.map((each) => [each, versions[each]]),
      ]),
    },
    null,
    2,
  ),
  'tsconfig.json': JSON.stringify(
    {
      extends: '../../tsconfig.base.json',
      compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
      include: ['src'],
      exclude: ['src/**/*.spec.ts'],
      references: libs.map((lib) => ({ path: `../../libs/${lib}` })),
    },
    null,
    2,
  ),
  'src/config.ts': `import { commonSettings, parseConfig } from '@gts/nest';

/** Settings of the service: so far only what all services share. */
export const settings = commonSettings;

export const readConfig = (env: NodeJS.ProcessEnv) => parseConfig(settings, env);
export type Config = ReturnType<typeof readConfig>;
`,
  'src/application.ts': `/** Everything this service does. */
export const createApplication = () => ({ commands: {}, queries: {} });
export type Application = ReturnType<typeof createApplication>;
`,
  'src/composition.ts': `import type { Composed, Infrastructure } from '@gts/nest';
import { type Application, createApplication } from './application';
import type { Config } from './config';

export const compose = (_infra: Infrastructure<Config>): Composed<Application> => ({
  application: createApplication(),
  subscriptions: [],
});
`,
  [`src/entrypoints/${name}.controller.ts`]: `import { APPLICATION } from '@gts/nest';
import { Controller, Inject } from '@nestjs/common';
import type { Application } from '../application';

@Controller()
export class ${pascal}Controller {
  constructor(@Inject(APPLICATION) protected readonly app: Application) {}
}
`,
  [`src/${name}.module.ts`]: `import { APPLICATION } from '@gts/nest';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Application } from './application';
import { ${pascal}Controller } from './entrypoints/${name}.controller';

@Module({})
export class ${pascal}Module {
  static with(application: Application): DynamicModule {
    return {
      module: ${pascal}Module,
      controllers: [${pascal}Controller],
      providers: [{ provide: APPLICATION, useFactory: () => application }],
    };
  }
}
`,
  'src/main.ts': `import { runService } from '@gts/nest';
import { compose } from './composition';
import { readConfig, settings } from './config';
import { ${pascal}Module } from './${name}.module';

void runService({ service: '${name}', settings, readConfig, collections: [], compose, module: (application) => ${pascal}Module.with(application) });
`,
};
for (const [file, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text.endsWith('\n') ? text : `${text}\n`);
}

for (const file of ['tsconfig.json', 'tsconfig.spec.json']) {
  const config = JSON.parse(readFileSync(join(root, file), 'utf8'));
  config.references.splice(-1, 0, { path: `services/${name}` });
  writeFileSync(join(root, file), `${JSON.stringify(config, null, 2)}\n`);
}

process.stdout.write(`services/${name} is laid out. What is left to write by hand:
  1. libs/kernel/src/permissions.ts: '${name}' among the context names
  2. libs/contracts/src/${name}.ts: its messages; a line in catalogue.ts and in index.ts
  3. libs/contracts/src/subscriptions/${name}.ts: what it listens to; a line in declared-services.ts
  4. tools/stack/services.mjs: '${name}' among the services
  5. docs/adr: why it is a service of its own
Then: npm install, npm run gen, npm run check
`);
