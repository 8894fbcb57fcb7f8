#!/usr/bin/env bash
# Trains the shipped model for real mammograms again: lesions on phantoms first, then five linear
# answers, each learned without a fifth of the patients. A quarter of an hour on two cores.
# Usage: make.sh RSNA_FOLDER WEIGHTS [FOLDER for what it makes, 2 GB]
#   RSNA_FOLDER  train.csv and train_images of the RSNA 2022 set
#   WEIGHTS      ImageNet weights of MobileNetV2 0.35 without its top, as Keras publishes them, or: imagenet
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
rsna=$(realpath "$1")
weights=$2
[[ $weights == imagenet ]] || weights=$(realpath "$weights")
work=${3:-$root/build/rsna-screening}
python=${PYTHON:-$root/.venv/bin/python}
export MAMMOLENS_WORKSPACE=$work/workspace TF_CPP_MIN_LOG_LEVEL=2
cd "$root"

core() { "$python" -m core "$@"; }
run_id() { "$python" -c 'import json, sys; print(json.load(sys.stdin)["run"])'; }
group_id() { "$python" -c 'import json, sys; print(json.load(sys.stdin)["group"])'; }

mkdir -p "$work"
core prepare rsna "$rsna" --name rsna-640 --spec breast-stretched-640 --task cancer --workers 2

# What a lesion looks like is learned on phantoms, whose lesions are known; the first blocks stay ImageNet's.
core phantom --patients 400 --seed 123 --layout folder-png --height 800 --difficulty 0.8 --workers 2 --out "$work/phantoms"
core prepare folder "$work/phantoms" --name phantoms-640-hard --spec breast-stretched-640 --task lesion --workers 2
change=(--set augmentation.rotation=12 --set augmentation.shift=0.06 --set augmentation.zoom=0.15
  --set augmentation.upend=true --set augmentation.brightness=0.05 --set augmentation.contrast=0.2
  --set augmentation.gamma=0.3 --set augmentation.fill=zero)
phantoms=$(core train --dataset phantoms-640-hard --model mobilenet_v2 --set "model.weights=$weights" \
  --set 'model.options={"alpha":0.35}' --set model.head.dropout=0.3 --set optimizer=adamw --set weight_decay=0.02 \
  --set learning_rate=1e-3 --set schedule=cosine --set schedule.warmup_epochs=0.5 --set schedule.minimum=1e-5 \
  --set loss.label_smoothing=0.05 --set weight_average=0.95 --set norm_momentum=0.95 --set best=validation_loss \
  "${change[@]}" --set 'stages=[{"train":"last-86"}]' --set epochs=4 --set batch_size=16 --set gpus=0 --wait --json | run_id)

# Real mammograms only weigh what it sees. More freedom was tried and cost more than it brought.
group=$(core crossval --dataset rsna-640 --model mobilenet_v2 --set "model.weights=run:$phantoms" \
  --set 'model.options={"alpha":0.35}' --set model.head.standardise=true --set model.head.l2=0.3 --set optimizer=adam \
  --set 'stages=[{"train":"head"}]' --set epochs=30 --set learning_rate=1e-3 --set schedule=cosine \
  --set schedule.warmup_epochs=1 --set norm_momentum=0.95 --set best=validation_loss --set batch_size=64 \
  --set gpus=0 --folds 5 --validation 0.12 --wait --json | group_id)
core publish "$group" rsna-screening --title "Screening mammograms: cancer or not" --replace
cp "$work/workspace/models/rsna-screening/"* "$here/"
"$python" trained_models/describe.py "$here"
