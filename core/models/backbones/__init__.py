"""One network a file: a `SPEC` that menus read, and `build(inputs, **options)`.

Reading a spec imports no keras; `build` does, and wires its layers flat into the
graph it is given, so that every layer can be explained, frozen and counted.
"""
