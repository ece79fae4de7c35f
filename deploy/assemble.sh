#!/bin/sh
# Puts together what a service runs on below /app: its bundle, the files that it reads, and what V8 compiles of it.
set -eu

service=$1
app=/app
here="$app/services/$service"
mkdir -p "$here/dist"
mv /health.cjs "$app/"

# The command line is not bundled: the modules of libs/nest, the libraries that npm linked for it, and the tools.
assemble_ops() {
  cd /src
  rm -rf node_modules/.package-lock.json node_modules/.bin node_modules/.cache
  find node_modules -type d \( -name test -o -name tests -o -name __tests__ \) -prune -exec rm -rf {} +
  find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \
    -o -name '*.markdown' -o -name '*.tsbuildinfo' \) -delete
  # Node would look for the map of every module that names one, and none of them is here.
  find node_modules -type f \( -name '*.js' -o -name '*.cjs' -o -name '*.mjs' \) \
    -exec sed -i '/^\/\/# sourceMappingURL=/d' {} +
  cp -a node_modules "$app/node_modules"
  for link in node_modules/@gts/*; do
    from=$(readlink -f "$link")
    name=${from#/src/}
    case $name in libs/*) ;; *) rm -f "$app/$link"; continue ;; esac
    mkdir -p "$app/$name"
    cp "$name/package.json" "$app/$name/"
    cp -a "/built/$name/dist" "$app/$name/dist"
    if [ -d "$name/node_modules" ]; then cp -a "$name/node_modules" "$app/$name/node_modules"; fi
  done
  find "$app/libs" -type f \( -name '*.d.ts' -o -name '*.d.ts.map' -o -name '*.tsbuildinfo' \) -delete
  find "$app/libs" -type d -name suite -path '*/dist/*' -prune -exec rm -rf {} +
  mkdir -p "$here/dist/bundle" "$app/deploy"
  printf 'void import("../../../../tools/cli/main.mjs");\n' >"$here/dist/bundle/main.js"
  cp -a /built/tools "$app/tools"
  rm -rf "$app/tools/bench" "$app/tools/mongo-local" "$app/tools/ops" "$app/tools/node-22"
  cp -a /built/deploy/demo "$app/deploy/demo"
  rm -rf "$app/deploy/demo/make"
}

# Where a bundle looks for them: kernels, the compatibility engine's binary, the page.
files_of_service() {
  cp -a "/built/services/$service/dist/bundle" "$here/dist/"
  case $service in
  rendering | gear-catalog)
    for wasm in audio/dist/meter.wasm nam/dist/kernel.wasm; do
      mkdir -p "$app/libs/$(dirname "$wasm")"
      cp "/built/libs/$wasm" "$app/libs/$wasm"
    done
    mkdir -p "$app/node_modules/@opendaw/nam-wasm/dist"
    cd /built/node_modules/@opendaw/nam-wasm
    cp package.json LICENSE "$app/node_modules/@opendaw/nam-wasm/"
    cp dist/nam.wasm "$app/node_modules/@opendaw/nam-wasm/dist/"
    ;;
  gateway)
    mkdir -p "$app/services/web"
    cp -a /built/services/web/dist "$app/services/web/dist"
    ;;
  esac
}

if [ "$service" = ops ]; then assemble_ops; else files_of_service; fi

# Complete? A wrong setting is the first thing that it says: everything that the entry imports is there. What V8 compiled
# on the way stays beside it and a start reads it; a fixed seed makes the same bytes of the same bundle every time.
cd "$here"
compiled=$(mktemp -d)
chmod 777 "$compiled"
start() { NODE_COMPILE_CACHE=$compiled setpriv --reuid 65532 --regid 65532 --clear-groups node --random-seed=1 "$@"; }
status=0
said=$(start dist/bundle/main.js </dev/null 2>&1) || status=$?
case "$service:$status" in
ops:0 | *:78) ;;
*)
  echo "$service does not load (exit $status): $said" >&2
  exit 1
  ;;
esac
# A thread's file ends where it looks for its work: it has been compiled by then.
for thread in dist/bundle/*worker.js; do
  if [ -e "$thread" ]; then start "$thread" </dev/null >/dev/null 2>&1 || true; fi
done
cp -r "$compiled" "$app/compiled"
chmod -R a+rX,go-w "$app/compiled"
