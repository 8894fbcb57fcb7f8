#!/usr/bin/env bash
# Trains the shipped four-class model again, from nothing: phantoms, patches, whole images.
# A quarter of an hour on two cores. Usage: make.sh [FOLDER for what it makes, 8 GB]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$root/build/four-class-phantom}
python=${PYTHON:-$root/.venv/bin/python}
export MAMMOLENS_WORKSPACE=$work/workspace TF_CPP_MIN_LOG_LEVEL=2
cd "$root"

core() { "$python" -m core "$@"; }
run_id() { "$python" -c 'import json, sys; print(json.load(sys.stdin)["run"])'; }

mkdir -p "$work"
# A finding fills a patch but only a hundredth of an image: seen large first, it is found later.
# The patches come from other patients than the images, so that no test patient is among them.
core phantom --patients 300 --seed 2000 --workers 2 --out "$work/phantom-for-patches"
core prepare folder "$work/phantom-for-patches" --name phantom-patches --spec "$here/patches.json" \
  --patches 64 --background 1 --workers 2
core phantom --patients 560 --seed 1000 --workers 2 --out "$work/phantom"
core prepare folder "$work/phantom" --name phantom-mammograms --spec reading-room --size 244 --workers 2

light=(--set model.head.dropout=0.25 --set model.head.feature_dropout=0.1)
patches=$(core train --dataset phantom-patches --recipe d-four-class "${light[@]}" --set epochs=25 \
  --set batch_size=32 --set augmentation.rotation=20 --set augmentation.shift=0.2 --wait --json | run_id)
whole=$(core train --dataset phantom-mammograms --recipe d-four-class "${light[@]}" --set epochs=16 \
  --set learning_rate=5e-4 --set schedule.name=cosine --set "model.weights=run:$patches" --wait --json | run_id)
core publish "$whole" four-class-phantom --title "Four-class network on phantoms" --replace
cp "$work/workspace/models/four-class-phantom/"* "$here/"
"$python" trained_models/describe.py "$here"
