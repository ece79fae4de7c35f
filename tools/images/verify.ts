// `npm run images:verify [-- <service>…]`: two clean builds with one digest, size, labels, and nothing inside that a
// service does not need (row 10 of operations.md §7).
import { randomUUID } from 'node:crypto';
import { ensureBase } from './base.ts';
import { withBrokenImages } from './broken-images.ts';
import { build, digestOf, megabytesOf } from './build.ts';
import { type ImageName, IMAGES, say, tagOf } from './engine.ts';
import { CHECKS } from './inside.ts';

const MOST_MB = 180;
const MOST_MB_WITH_FFMPEG = 430;

const EX_CONFIG = 78;

function faultsOf(image: ImageName): readonly string[] {
  const secret = `canary-${randomUUID()}`;
  const digests = [1, 2].map(() => build(image, { clean: true, comment: secret }));
  const media = image === 'rendering';
  const most = media ? MOST_MB_WITH_FFMPEG : MOST_MB;
  const looked = { tag: tagOf(image), media, exit: image === 'ops' ? 0 : EX_CONFIG, most, secret };
  return [
    ...(digests[0] === digests[1] ? [] : [`two clean builds differ: ${digests.join(', ')}`]),
    ...Object.values(CHECKS).flatMap((check) => check(looked)),
  ];
}

/** Checks that let a broken image pass. */
function blindChecks(): boolean {
  const blind = withBrokenImages((planted) => planted.filter(({ find }) => find().length === 0));
  for (const { title } of blind) say(`FAIL the check does not refuse ${title}`);
  if (blind.length === 0) say('ok   broken images are refused');
  return blind.length > 0;
}

function main(args: readonly string[]): void {
  ensureBase();
  if (blindChecks()) process.exitCode = 1;
  for (const image of IMAGES.filter((each) => args.length === 0 || args.includes(each))) {
    const start = performance.now();
    const faults = faultsOf(image);
    const facts = `${megabytesOf(tagOf(image)).toFixed(1)} MB ${digestOf(tagOf(image))}`;
    say(
      `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${image} ${facts} ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
    for (const fault of faults) say(`     ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
}

main(process.argv.slice(2));
