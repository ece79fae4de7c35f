#!/bin/sh
# Applies a release in its order. Every step may be repeated; a wrong order ends in "not ready", never in loss.
set -eu

overlay=${1:?usage: deploy/rollout.sh <overlay>, for example prod}
here=$(dirname "$0")
all=$(mktemp)
trap 'rm -f "$all"' EXIT
kubectl kustomize "$here/../k8s/overlays/$overlay" >"$all"

if grep -q '@sha256:0\{64\}$' "$all"; then
  echo "the digests of overlays/$overlay are not filled in: kustomize edit set image" >&2
  exit 1
fi

step() {
  echo "$1" >&2
  shift
  kubectl apply --filename "$all" "$@"
}
jobs() {
  step "$1" --selector "app.kubernetes.io/component=$2"
  kubectl --namespace gts wait --for=condition=complete --timeout=300s job --selector "app.kubernetes.io/component=$2"
}
service() {
  step "$1" --selector "app.kubernetes.io/name=$1"
  kubectl --namespace gts rollout status "deployment/$1" --timeout=600s
}

# Namespaces, policies, settings and secrets before anything that runs.
step 'namespaces and policies' --selector '!app.kubernetes.io/name'
jobs topology topology
jobs migrations migration
# Consumers of new versions before their producers, the gateway last.
for name in rendering gear-catalog signal-chains shootouts identity gateway; do
  service "$name"
done
