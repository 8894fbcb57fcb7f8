"""From a file to what a model sees: decoding, pure steps, and the pipeline that ties them."""
