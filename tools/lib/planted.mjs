/** One planted violation a rule: rule name → the file that must be reported, and its text. */
export const planted = {
  'domain-is-pure': ['services/a/src/domain/impure.ts', "import '@gts/contracts';"],
  'application-no-edges': ['services/a/src/application/reaches-out.ts', "import '../adapters/store';"],
  'entrypoints-no-domain': ['services/a/src/entrypoints/skips-application.ts', "import '../domain/state';"],
  'nest-only-at-the-edge': ['services/a/src/application/framed.ts', "import '@nestjs/common';"],
  'drivers-only-in-adapters': ['services/a/src/application/driver.ts', "import 'nats';"],
  'no-cross-service': ['services/a/src/application/neighbour.ts', "import '../../../b/src/application/use';"],
  'no-deep-lib-import': ['services/a/src/application/deep.ts', "import '../../../../libs/kernel/src/inner';"],
  'web-sees-browser-entries': ['services/web/src/whole.ts', "import '@gts/contracts';"],
  'no-test-from-source': ['services/a/src/application/tested.ts', "import '@gts/testing';"],
  'no-circular': ['services/a/src/application/about.ts', "import './round';"],
  'no-orphans': ['services/a/src/application/alone.ts', 'export const alone = 1;'],
  'no-unresolved': ['services/a/src/application/nowhere.ts', "import '@gts/no-such-lib';"],
  'no-unlisted': ['services/a/src/application/unlisted.ts', "import 'pino';"],
  'adapters-by-composition': ['services/a/src/application.ts', "import './adapters/store';"],
  'nest-below-testing': ['libs/nest/src/upwards.ts', "import '@gts/testing';"],
  'libs-not-services': ['libs/contracts/src/upwards.ts', "import '../../../services/b/src/application/use';"],
  'lib-order-kernel': [
    'libs/kernel/src/upwards.ts',
    "import type { x } from '@gts/contracts';\nexport type X = typeof x;",
  ],
};

/** Files without fault of their own that the planted ones need. */
export const scenery = {
  'services/a/src/domain/state.ts': "import '@gts/kernel';",
  'services/a/src/adapters/store.ts': "import '../domain/state';",
  'services/a/src/application/round.ts': "import './about';",
  'services/b/src/application/use.ts': "import '@gts/kernel';",
  'libs/kernel/src/inner.ts': 'export const inner = 1;',
  'libs/kernel/src/index.ts': "export * from './inner';",
  'libs/contracts/src/index.ts': "export const x = 1;\nimport '@gts/kernel';",
  'libs/testing/src/index.ts': "import '@gts/kernel';",
};
