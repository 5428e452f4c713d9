"""Make songtor_proto/wire from songtor/v1/*.proto.

protoc's Python imports follow the folders of the schemas (`from songtor.v1 import envelope_pb2`). Ours
live in `songtor_proto.wire`, so that no top-level package `songtor` is installed: the imports are rewritten
here. The schemas keep their path and package, and so their full names on the wire.

    python proto/generate.py            write
    python proto/generate.py --check    say what differs, write nothing
"""

import argparse
import re
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCHEMAS = "songtor/v1"
WIRE = HERE / "songtor_proto" / "wire"
PACKAGE = "songtor_proto.wire"
INIT = '"""Made from proto/songtor/v1 by `make proto`: change the schemas, not these files."""\n'

FROM_IMPORT = re.compile(r"\bfrom songtor\.v1 import\b")
DOTTED = re.compile(r"\bsongtor\.v1\.(\w+_pb2(?:_grpc)?)\b")


def rewritten(text: str) -> str:
    text = FROM_IMPORT.sub(f"from {PACKAGE} import", text)
    return DOTTED.sub(rf"{PACKAGE}.\1", text)


def generate() -> dict[str, str]:
    """Every file of the package `wire`, by name."""
    from grpc_tools import protoc

    schemas = sorted(path.relative_to(HERE).as_posix() for path in (HERE / SCHEMAS).glob("*.proto"))
    made = {"__init__.py": INIT}
    if not schemas:
        return made
    with tempfile.TemporaryDirectory() as scratch:
        # the plugins are looked up beside this interpreter, whatever PATH says
        beside = Path(sys.executable).parent
        failed = protoc.main(
            [
                "protoc",
                f"--plugin=protoc-gen-mypy={beside / 'protoc-gen-mypy'}",
                f"--plugin=protoc-gen-mypy_grpc={beside / 'protoc-gen-mypy_grpc'}",
                f"--proto_path={HERE}",
                f"--proto_path={files('grpc_tools') / '_proto'}",
                f"--python_out={scratch}",
                f"--grpc_python_out={scratch}",
                f"--mypy_out=quiet:{scratch}",
                f"--mypy_grpc_out=quiet:{scratch}",
                *schemas,
            ]
        )
        if failed:
            raise SystemExit(failed)
        written = sorted((Path(scratch) / SCHEMAS).iterdir())
        texts = {path.name: path.read_text(encoding="utf-8") for path in written}
        for name, text in texts.items():
            stem, grpc, _ = name.partition("_pb2_grpc.py")
            if grpc and "\nclass " not in texts[f"{stem}_pb2_grpc.py"]:
                continue  # a schema without a service
            made[name] = rewritten(text)
    return made


def present() -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in WIRE.glob("*")
        if path.suffix in {".py", ".pyi"} and path.is_file()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Make songtor_proto/wire from the schemas.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what would change")
    check = parser.parse_args().check

    made, there = generate(), present()
    changed = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
    if check:
        if changed:
            raise SystemExit("wire/ is not what the schemas make (run `make proto`): " + ", ".join(changed))
        print(f"wire/ is what the schemas make ({len(made)} files)")
        return
    WIRE.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in made:
            (WIRE / name).write_text(made[name], encoding="utf-8")
        else:
            (WIRE / name).unlink()
    print(f"wire/: {len(changed)} of {len(made)} files changed")


if __name__ == "__main__":
    main()
