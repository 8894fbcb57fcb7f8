#!/usr/bin/env bash
# Trains the shipped model for real mammograms again: lesions on phantoms first, then five linear
# answers, each learned without a fifth of the patients. A quarter of an hour on two cores.
# Usage: make.sh RSNA_FOLDER WEIGHTS [FOLDER for what it makes, 2 GB]
#   RSNA_FOLDER  train.csv and train_images of the RSNA 2022 set
#   WEIGHTS      ImageNet weights of MobileNetV2 0.35 without its top, as Keras publishes them, or: imagenet
# Stopped half way, it goes on where it was.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
rsna=$(realpath "$1")
weights=$2
[[ $weights == imagenet ]] || weights=$(realpath "$weights")
work=${3:-$root/build/rsna-screening}
mkdir -p "$work"
work=$(realpath "$work")
python=${PYTHON:-$root/.venv/bin/python}
export MAMMOLENS_WORKSPACE=$work/workspace TF_CPP_MIN_LOG_LEVEL=2
cd "$root"

# Every command is printed as it is run; the settings are those of the try `lesion`.
group=$("$python" -m bench.reference lesion --rsna "$rsna" --weights "$weights" --work "$work" --no-table)
"$python" -m core publish "$group" rsna-screening --title "Screening mammograms: cancer or not" --replace
cp "$work/workspace/models/rsna-screening/"* "$here/"
"$python" trained_models/describe.py "$here"
